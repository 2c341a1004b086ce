/** Records, frame by frame, the elements that are shown: two lists in turn are never the same. */

{
  window.looked = [];
  const note = () => {
    const shown = [...document.querySelectorAll("[data-permission]")].filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    const ids = shown.map(({ id }) => id).join(" ");
    if (window.looked.at(-1) !== ids) window.looked.push(ids);
  };
  const frame = () => {
    note();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

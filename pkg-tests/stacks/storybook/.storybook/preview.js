/** The stylesheet that hides tagged elements, for all stories. */

import "permgate/cloak.css";

export default {};

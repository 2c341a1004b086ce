//! F30: ten thousand pages, and a server that comes back.

use permgate_core::session::{Answer, ChannelEnd, Event, Failure, Millis, Now, Session};
use permgate_testbed::{Performer, Random};

use crate::setting::Setting;

const CLIENTS: usize = 10_000;

/// A page without a network of its own.
struct Page {
    session: Session,
    now: Now,
    performer: Performer,
}

impl Page {
    fn tell(&mut self, event: Event) {
        self.performer.tell(&mut self.session, self.now, event).unwrap();
    }

    fn pass_to(&mut self, moment: u64) {
        self.now.wall = Millis(self.now.wall.0 + moment - self.now.monotonic.0);
        self.now.monotonic = Millis(moment);
    }

    fn is_answered(&mut self) {
        let Some(generation) = self.performer.load else { return };
        let body = r#"{"subject":"71","version":1,"permissions":["a"]}"#.into();
        let answer = Answer::Document { body, etag: None };
        self.tell(Event::Answered { generation, answer });
    }

    fn is_refused(&mut self, retry_after: Option<Millis>) {
        if let Some(generation) = self.performer.load {
            let failure = Failure::Status(503);
            let answer = Answer::Failed { failure, retry_after };
            self.tell(Event::Answered { generation, answer });
        }
        if let Some(channel) = self.performer.stream.take() {
            let end = ChannelEnd::Status(503);
            self.tell(Event::ChannelEnded { channel, end, retry_after });
        }
    }

    /// The next moment at which the page sends a request, while all are refused.
    fn next_attempt(&mut self) -> u64 {
        while self.performer.load.is_none() && self.performer.stream.is_none() {
            let moment = self.performer.timer.take().unwrap().0;
            self.pass_to(moment.max(self.now.monotonic.0));
            self.tell(Event::TimerFired);
        }
        self.now.monotonic.0
    }
}

/// Pages that each hold a set and a stream.
fn crowd() -> Vec<Page> {
    let mut random = Random::new(30);
    let setting = Setting {
        credentials: crate::setting::Credentials::Cookie,
        tabs: false,
        ..Setting::plain()
    };
    let open = |_| {
        let now = Now { wall: Millis(1_800_000_000_000), monotonic: Millis(0) };
        let session = Session::new(now, setting.config(random.next()));
        let mut page = Page { session, now, performer: Performer::default() };
        page.tell(Event::Started { bootstrap: None, stored: None });
        page.is_answered();
        let channel = page.performer.stream.unwrap();
        page.tell(Event::ChannelOpened { channel });
        page.tell(Event::Pushed {
            channel,
            kind: "version".into(),
            data: r#"{"version":1,"subject":"71"}"#.into(),
        });
        page
    };
    (0..CLIENTS).map(open).collect()
}

/// How many of the moments fall into each slice of this length.
fn histogram(moments: &[u64], start: u64, slice: u64, slices: usize) -> Vec<usize> {
    let mut counts = vec![0; slices];
    for moment in moments {
        let index = usize::try_from((moment - start) / slice).unwrap();
        counts[index.min(slices - 1)] += 1;
    }
    counts
}

#[test]
fn f30_ten_thousand_pages_whose_streams_are_cut_at_once_come_back_spread_out() {
    let mut pages = crowd();
    // All streams live for a minute, and are cut at once.
    let cut = 60_000;
    let mut attempts = [const { Vec::new() }; 6];
    for page in &mut pages {
        page.pass_to(cut);
        let channel = page.performer.stream.take().unwrap();
        let end = ChannelEnd::Network("restart".into());
        page.tell(Event::ChannelEnded { channel, end, retry_after: None });
        page.is_refused(None);
        for attempt in &mut attempts {
            attempt.push(page.next_attempt());
            page.is_refused(None);
        }
    }
    // The first attempts come within a second, evenly: no tenth of it has more than a fifth above
    // its share.
    let first = histogram(&attempts[0], cut, 100, 10);
    assert!(first.iter().all(|count| (800..1200).contains(count)), "{first:?}");
    // Later attempts spread ever further, so that no second has more than a small part of all.
    let last = histogram(&attempts[5], cut, 1_000, 120);
    let most = last.iter().max().unwrap();
    assert!(*most < CLIENTS / 10, "{last:?}");
    let spread = attempts[5].iter().max().unwrap() - attempts[5].iter().min().unwrap();
    assert!(spread > 15_000, "all attempts came within {spread} ms");
}

#[test]
fn f30_pages_with_retry_after_wait_and_come_back_spread_out() {
    let mut pages = crowd();
    let request = 60_000;
    let mut back = Vec::new();
    for page in &mut pages {
        page.pass_to(request);
        page.tell(Event::RefreshRequested);
        page.performer.stream = None;
        page.is_refused(Some(Millis::from_seconds(120)));
        while page.performer.load.is_none() {
            page.performer.stream = None;
            let moment = page.performer.timer.take().unwrap().0;
            page.pass_to(moment);
            page.tell(Event::TimerFired);
        }
        back.push(page.now.monotonic.0);
    }
    assert!(back.iter().all(|moment| *moment >= request + 120_000), "a page did not wait");
    let tenths = histogram(&back, request + 120_000, 100, 10);
    assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
}

#[test]
fn f30_an_endless_retry_after_is_capped() {
    let mut pages = crowd();
    pages.truncate(100);
    for page in &mut pages {
        page.pass_to(60_000);
        page.tell(Event::RefreshRequested);
        page.performer.stream = None;
        page.is_refused(Some(Millis::from_seconds(1_000_000)));
        while page.performer.load.is_none() {
            page.performer.stream = None;
            let moment = page.performer.timer.take().unwrap().0;
            page.pass_to(moment);
            page.tell(Event::TimerFired);
        }
        let waited = page.now.monotonic.0 - 60_000;
        assert!((300_000..=361_000).contains(&waited), "{waited} ms");
    }
}

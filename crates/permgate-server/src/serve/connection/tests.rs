//! A connection is dropped when its client reads nothing for too long, and not before.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::Semaphore;
use tokio::time::{Instant, advance};

use super::Connection;

const LIMIT: Duration = Duration::from_secs(30);

fn connection() -> (Connection<DuplexStream>, DuplexStream, Arc<Semaphore>) {
    let (ours, theirs) = duplex(100);
    let places = Arc::new(Semaphore::new(1));
    let place = Arc::clone(&places).try_acquire_owned().unwrap();
    (Connection::new(ours, place, LIMIT), theirs, places)
}

#[tokio::test(start_paused = true)]
async fn f56_a_client_that_reads_nothing_is_dropped_after_the_limit() {
    let (mut ours, _theirs, places) = connection();
    let start = Instant::now();
    let error = ours.write_all(&[0; 1000]).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::TimedOut, LIMIT));
    assert_eq!(places.available_permits(), 0);
    drop(ours);
    assert_eq!(places.available_permits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_but_steadily_is_kept() {
    let (mut ours, mut theirs, _) = connection();
    let writing = tokio::spawn(async move { ours.write_all(&[7; 500]).await });
    let mut read = 0;
    while read < 500 {
        tokio::task::yield_now().await;
        advance(LIMIT - Duration::from_secs(1)).await;
        let mut some = [0; 60];
        read += theirs.read(&mut some).await.unwrap();
    }
    writing.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_nothing_is_kept() {
    let (mut ours, mut theirs, _) = connection();
    let reading = tokio::spawn(async move { ours.read_u8().await });
    advance(LIMIT * 100).await;
    theirs.write_u8(7).await.unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), 7);
}

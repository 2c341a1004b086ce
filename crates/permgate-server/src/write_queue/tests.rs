//! The queue of writes: its bound, its longest wait, and its order.

use std::sync::Arc;

use super::{MAX_WAITING, WriteQueue};

#[tokio::test(start_paused = true)]
async fn f72_a_write_waits_for_ten_seconds_at_most_and_the_number_of_waiting_writes_is_bounded() {
    let queue = Arc::new(WriteQueue::new());
    let turn = queue.turn().await.unwrap();
    let waiting: Vec<_> = (0..MAX_WAITING)
        .map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.turn().await.map(drop) })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(queue.turn().await.unwrap_err().status(), 503, "the queue is full");
    // The paused clock advances by itself while all tasks wait.
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap().unwrap_err().status(), 503);
    }
    drop(turn);
    assert!(queue.turn().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn turns_to_write_are_given_in_the_order_of_the_calls_and_skip_cancelled_ones() {
    let queue = Arc::new(WriteQueue::new());
    let turn = queue.turn().await.unwrap();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let mut waiting = Vec::new();
    for number in 0..3 {
        let (queue, sender) = (Arc::clone(&queue), sender.clone());
        waiting.push(tokio::spawn(async move {
            let _turn = queue.turn().await.unwrap();
            sender.send(number).unwrap();
        }));
        tokio::task::yield_now().await;
    }
    waiting[1].abort();
    tokio::task::yield_now().await;
    drop(turn);
    assert_eq!((receiver.recv().await, receiver.recv().await), (Some(0), Some(2)));
}

namespace TelemetryKit;

/// <summary>
/// Where batches go. Each backend of a client has a queue of its own, so one that is down holds up no other.
/// </summary>
public interface ITelemetryBackend
{
    /// <summary>A word for it, of letters, digits and <c>-</c>: it names the backend's folder in the queue.</summary>
    string Name { get; }

    /// <summary>
    /// Sends one batch. Called on a background thread, by one caller at a time; the same batch is sent again, with the same
    /// <see cref="TelemetryBatch.Id"/>, until the answer is <see cref="SendOutcome.Delivered"/> or <see cref="SendOutcome.Rejected"/>.
    /// An exception counts as <see cref="SendOutcome.Retry"/>.
    /// </summary>
    Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken);
}

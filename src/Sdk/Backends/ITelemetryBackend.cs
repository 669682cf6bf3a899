namespace TelemetryKit;

/// <summary>
/// A destination for batches. Each backend of a client has its own queue, so an unavailable backend does not block the others.
/// </summary>
public interface ITelemetryBackend
{
    /// <summary>The backend's name, of letters, digits and <c>-</c>. It is the name of the backend's directory in the queue.</summary>
    string Name { get; }

    /// <summary>
    /// Sends a batch. Called on a background thread, never concurrently. A batch is sent again with the same
    /// <see cref="TelemetryBatch.Id"/> until the outcome is <see cref="SendOutcome.Delivered"/> or <see cref="SendOutcome.Rejected"/>. An
    /// exception counts as <see cref="SendOutcome.Retry"/>.
    /// </summary>
    Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken);
}

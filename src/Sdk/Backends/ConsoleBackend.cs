namespace TelemetryKit;

/// <summary>
/// Writes each batch as a line of JSON to standard error or to a given writer, to show what would be sent. Its events are not stored on
/// disk.
/// </summary>
public sealed class ConsoleBackend : ITelemetryBackend
{
    private readonly TextWriter? _writer;

    /// <summary>Creates a backend that writes to the given writer; by default to standard error.</summary>
    public ConsoleBackend(TextWriter? writer = null) => _writer = writer;

    /// <inheritdoc />
    public string Name => "console";

    /// <inheritdoc />
    public Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        var writer = _writer ?? Console.Error;
        writer.WriteLine(System.Text.Encoding.UTF8.GetString(batch.ToJson(batch.CreatedAt)));
        return Task.FromResult(SendResult.Delivered());
    }
}

namespace TelemetryKit;

/// <summary>
/// Writes each batch as JSON, one line each, to standard error or to a writer of one's own: to see what would be sent. Nothing
/// is kept on disk for it.
/// </summary>
public sealed class ConsoleBackend : ITelemetryBackend
{
    private readonly TextWriter? _writer;

    /// <summary>Writes to a writer; by default to standard error.</summary>
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

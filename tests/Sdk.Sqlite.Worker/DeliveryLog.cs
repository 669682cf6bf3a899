using System.Text;

namespace TelemetryKit.Sqlite.Worker;

/// <summary>
/// Simulates a server that many processes send to. It creates a file for each delivery atomically. A process may be killed after the
/// delivery and before it receives the response.
/// </summary>
internal sealed class DeliveryLog(string folder) : ITelemetryBackend
{
    public string Name => "log";

    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        var line = new StringBuilder(batch.Id.ToString());
        foreach (var sent in batch.Events)
            line.Append(' ').Append(sent.Id).Append('=').Append(sent.Metadata["feature"]);
        var path = Path.Combine(folder, Guid.NewGuid().ToString());
        await Task.Delay(Random.Shared.Next(10), cancellationToken);
        await File.WriteAllTextAsync(path + ".part", line.ToString(), cancellationToken);
        File.Move(path + ".part", path + ".delivery");
        await Task.Delay(Random.Shared.Next(20), cancellationToken);
        // Some responses are lost.
        return Random.Shared.Next(5) == 0 ? SendResult.Retry("lost", TimeSpan.FromMilliseconds(20)) : SendResult.Delivered();
    }
}

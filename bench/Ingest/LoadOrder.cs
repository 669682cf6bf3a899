using System.Text.Json;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>A load that a <see cref="WarmLoad"/> runs.</summary>
/// <param name="Url">The URL that batches are sent to.</param>
/// <param name="Key">The write key.</param>
/// <param name="Batch">Events of a batch.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Seconds">The duration in seconds.</param>
/// <param name="Mixed">Whether each event of a batch has its own install.</param>
/// <param name="Seed">The seed.</param>
internal sealed record LoadOrder(Uri Url, string Key, int Batch, int Connections, double Seconds, bool Mixed, int Seed)
{
    /// <summary>Runs every load of the standard input, one in each line, and prints the result of each in a line.</summary>
    public static async Task<int> RunAllAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var result = await LoadGenerator.RunAsync(JsonSerializer.Deserialize<LoadOrder>(line)!.Options());
            Console.WriteLine(result.ToJson());
        }

        return 0;
    }

    private LoadOptions Options() => new(Url, Key, Batch, Connections) { Seconds = Seconds, Mixed = Mixed, Seed = Seed };
}

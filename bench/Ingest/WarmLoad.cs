using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>A load generator that is one process for all loads, so that its code is compiled when a fresh server is measured.</summary>
internal sealed class WarmLoad : IDisposable
{
    private readonly Process _process = LoadProcess.Start("loads");

    /// <summary>Runs a load to its end.</summary>
    /// <exception cref="InvalidOperationException">A request was refused, or the generator ended.</exception>
    public async Task<LoadResult> RunAsync(LoadOrder order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The load generator ended.");
        var result = LoadResult.FromJson(line);
        return result.Refused == 0 && result.Accepted == result.Sent
            ? result
            : throw new InvalidOperationException($"{result.Accepted} of {result.Sent} events were accepted: {result.FirstRefusal}");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}

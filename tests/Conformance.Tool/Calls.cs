using System.Diagnostics;
using System.Text.Json;

namespace TelemetryKit.Conformance.Tool;

/// <summary>Runs the calls of a script.</summary>
internal sealed class Calls(TelemetryKitClient client, string script)
{
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(20);

    // The operations that the tool forgets to end must not be ended by the collector.
    private readonly List<TelemetryOperation> _open = [];

    public void Run(Call call)
    {
        for (var i = 0; i < call.Times; i++)
            RunOnce(call);
    }

    private void RunOnce(Call call)
    {
        var name = call.Name ?? "";
        switch (call.Kind)
        {
            case "command":
                using (var operation = client.TrackCommand(name, Metadata(call)))
                {
                    if (call.Code is { } code)
                        operation.Exited(code);
                    else if (call.Success == true)
                        operation.Succeeded();
                    else if (call.Success == false)
                        operation.Failed();
                }

                break;
            case "open_command":
                _open.Add(client.TrackCommand(name, Metadata(call)));
                break;
            case "feature":
                client.TrackFeature(name, Metadata(call));
                break;
            case "event":
                client.TrackEvent(name, Metadata(call));
                break;
            case "error":
                client.TrackError(new TimeoutException("of ann@example.org"), Metadata(call));
                break;
            case "grant":
                client.Consent.Grant();
                break;
            case "flush":
                client.Flush(TimeSpan.FromMilliseconds(call.Ms ?? 5_000));
                break;
            case "deliver":
                Deliver(call.Ms is { } ms ? TimeSpan.FromMilliseconds(ms) : DeliveryTime);
                break;
            case "wait":
                Thread.Sleep(call.Ms ?? 0);
                break;
            case "wait_for_signal":
                File.WriteAllText(script + ".ready", "");
                Thread.Sleep(Timeout.Infinite);
                break;
            case "exit":
                File.WriteAllText(script + ".done", "");
                Environment.Exit(call.Code ?? 0);
                break;
            case "throw":
                throw new TimeoutException("not handled");
            default:
                throw new NotSupportedException($"The call {call.Kind} is unknown.");
        }
    }

    private void Deliver(TimeSpan most)
    {
        var watch = Stopwatch.StartNew();
        while (!client.Flush(TimeSpan.FromSeconds(5)) && watch.Elapsed < most)
            Thread.Sleep(100);
    }

    private static TelemetryMetadata? Metadata(Call call)
    {
        if (call.Metadata is null)
            return null;
        var metadata = new TelemetryMetadata();
        foreach (var (key, value) in call.Metadata)
            metadata[key] = Value(value);
        return metadata;
    }

    private static MetadataValue Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Number when value.TryGetInt64(out var integer) => integer,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.Array => value.EnumerateArray().Select(item => item.GetString()!).ToArray(),
        _ => throw new NotSupportedException("The kit has no such values."),
    };
}

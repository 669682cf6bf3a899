using System.Text.Json;
using TelemetryKit;
using TelemetryKit.Conformance.Tool;

// The driver of the conformance kit for this SDK. Arguments: SCRIPT [the tool's own arguments]; or --paths SERVICE
if (args[0] == "--paths")
{
    // The path of the decision is part of the public API; the folder of the service is next to it.
    using var names = TelemetryKitClient.Create(args[1]);
    var decision = names.Consent.FilePath ?? throw new InvalidOperationException("There is no home.");
    Console.WriteLine(decision);
    Console.WriteLine(decision[..^"-consent.json".Length]);
    return 0;
}

var script = JsonSerializer.Deserialize(File.ReadAllText(args[0]), ScriptJson.Default.Script)!;
var arguments = args[1..];
using var client = TelemetryKitClient.Create(script.Service, script.Key, options =>
{
    if (script.Endpoint is { } endpoint)
        options.Endpoint = new Uri(endpoint);
    if (script.Version is { } version)
        options.ServiceVersion = version;
    if (script.BatchEvents is { } batchEvents)
        options.BatchEvents = batchEvents;
    if (script.QueueEvents is { } queueEvents)
        options.QueueEvents = queueEvents;
    options.Consent = script.Consent switch
    {
        "opt_out" => ConsentMode.OptOut,
        "host" => ConsentMode.HostDecides,
        _ => ConsentMode.OptIn,
    };
});
if (TelemetryCommands.TryRun(arguments, client, out var exitCode))
    return exitCode;
var calls = new Calls(client, args[0]);
foreach (var call in script.Calls)
    calls.Run(call);
File.WriteAllText(args[0] + ".done", "");
return 0;

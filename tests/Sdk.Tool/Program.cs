// A tool that ends in every way in which a tool can end: Sdk.Tool WAY NUMBER
using System.Globalization;
using System.Net;
using TelemetryKit;

if (Environment.GetEnvironmentVariable("TOOL_SENDER") is not null && TelemetryKitClient.RunSender(args))
    return 0;

// The tests wait for what arrives, on any machine, and so does the tool if they say so.
var exitTimeout = Environment.GetEnvironmentVariable("TOOL_EXIT_TIMEOUT");
var timeout = Environment.GetEnvironmentVariable("TOOL_TIMEOUT");
var telemetry = TelemetryKitClient.Create("tool", "tk_live_0123456789abcdefghijABCDEFGHIJkl", options =>
{
    if (timeout is not null)
        options.Timeout = TimeSpan.FromSeconds(int.Parse(timeout, CultureInfo.InvariantCulture));
    if (exitTimeout is not null)
        options.ExitTimeout = options.Timeout = TimeSpan.FromSeconds(int.Parse(exitTimeout, CultureInfo.InvariantCulture));
    // A proxy that is never used, and a handler, which only this process knows.
    if (Environment.GetEnvironmentVariable("TOOL_PROXY") is not null)
        options.Proxy = new WebProxy("http://127.0.0.1:9", false, [".*"]);
    if (Environment.GetEnvironmentVariable("TOOL_HANDLER") is not null)
        options.HttpHandler = () => new HttpClientHandler();
    if (Environment.GetEnvironmentVariable("TOOL_BACKEND") is { } backend)
        options.Backends.Add(new TelemetryKitBackend(new(backend), "tk_live_0123456789abcdefghijABCDEFGHIJkl"));
});
if (args[0].StartsWith("idiom", StringComparison.Ordinal))
{
    // What the compiler makes of an asynchronous Main.
    return Idiom(telemetry, args[0], args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0).GetAwaiter().GetResult();
}

var number = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0;
var command = telemetry.TrackCommand(args[0]);
switch (args[0])
{
    case "wait":
        Thread.Sleep(number);
        command.Succeeded().Dispose();
        telemetry.Dispose();
        return 0;
    case "exit":
        Environment.Exit(number);
        return 0;
    case "return":
        return number;
    case "forget":
        // The client is disposed, the operation is not.
        telemetry.Dispose();
        return 0;
    case "throw":
        throw new InvalidOperationException("on purpose");
    case "throw-on-thread":
        new Thread(() => throw new FormatException("on purpose")).Start();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "feature-then-throw":
        command.Succeeded().Dispose();
        telemetry.TrackFeature("last");
        throw new InvalidOperationException("on purpose");
    case "run":
        return telemetry.Run("inner", _ => number);
    case "sleep":
        Ready(telemetry);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "read":
        Ready(telemetry);
        Console.ReadLine();
        telemetry.TrackFeature("after");
        return number;
    case "handle":
        // A tool that ends by itself after Ctrl+C.
        using (var stopped = new ManualResetEventSlim())
        {
            telemetry.GetQueueStatus();
            Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                stopped.Set();
            };
            Ready(telemetry);
            stopped.Wait();
            telemetry.TrackFeature("after");
            return number;
        }

    default:
        return 64;
}

// What README.md shows, in the body of an asynchronous Main.
static async Task<int> Idiom(TelemetryKitClient created, string way, int number)
{
    await using var telemetry = created;
    return await telemetry.RunAsync(way, async command =>
    {
        await Task.Yield();
        return way == "idiom-throw" ? throw new InvalidOperationException("on purpose") : number;
    });
}

static void Ready(TelemetryKitClient telemetry)
{
    // The background thread has started then.
    telemetry.GetQueueStatus();
    Console.WriteLine("ready");
}

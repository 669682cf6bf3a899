// The smallest tool with the SDK, as in its documentation. It works for as many milliseconds as its argument says.
using System.Globalization;
using TelemetryKit;

using var telemetry = TelemetryKitClient.Create("bench-hello", "tk_live_00000000000000000000000000000000");
using var command = telemetry.TrackCommand("hello");
telemetry.TrackFeature("greeting", new() { ["target"] = "production", ["count"] = 3 });
if (args is [var milliseconds])
    Thread.Sleep(int.Parse(milliseconds, CultureInfo.InvariantCulture));
Console.WriteLine("Hello, world!");

// The smallest tool with the SDK, as in its documentation.
using TelemetryKit;

using var telemetry = TelemetryKitClient.Create("bench-hello", "tk_live_00000000000000000000000000000000");
using var command = telemetry.TrackCommand("hello");
telemetry.TrackFeature("greeting", new() { ["target"] = "production", ["count"] = 3 });
Console.WriteLine("Hello, world!");

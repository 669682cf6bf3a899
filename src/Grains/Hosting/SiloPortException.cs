namespace TelemetryKit.Grains.Hosting;

/// <summary>Thrown if a silo can't listen on its address.</summary>
public sealed class SiloPortException(string message, Exception inner) : Exception(message, inner);

namespace TelemetryKit.Grains.Hosting;

/// <summary>Ends the process after a fault of its silo.</summary>
public interface ISiloFaultHandler
{
    /// <summary>
    /// Called once if the silo can't continue, above all if the other members declared it dead. Its grains may be active elsewhere. Must
    /// return immediately.
    /// </summary>
    /// <param name="reason">The reason, as a sentence.</param>
    void OnSiloFault(string reason);
}

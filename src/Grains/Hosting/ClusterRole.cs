namespace TelemetryKit.Grains.Hosting;

/// <summary>The role of a process in a cluster.</summary>
public enum ClusterRole
{
    /// <summary>It hosts the only silo of its own cluster, which no other process can reach.</summary>
    Off,

    /// <summary>It hosts a silo of a cluster whose members find each other in PostgreSQL.</summary>
    Member,

    /// <summary>It hosts no silo and uses those of a cluster.</summary>
    Client,
}

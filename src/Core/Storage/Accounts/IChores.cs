namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>What one replica does for all of them, once in each period. A lease says which one; when its holder dies, the lease runs out and another takes it.</summary>
public interface IChores
{
    /// <summary>
    /// Takes the lease, or renews it for its holder. False where another holder's has not run out yet, and where the chore is through for the period already.
    /// </summary>
    /// <param name="name">Which chore.</param>
    /// <param name="period">Once in which period, such as <c>2026-11-20</c>; later periods sort after earlier ones.</param>
    /// <param name="holder">Who asks: a process.</param>
    /// <param name="now">Now.</param>
    /// <param name="until">When the lease runs out unless it is renewed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<bool> TryTakeAsync(string name, string period, Guid holder, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Notes that the chore is through for the period, and gives the lease back. False where it is another's by now.</summary>
    Task<bool> FinishAsync(string name, string period, Guid holder, DateTimeOffset now, CancellationToken cancellationToken);
}

using System.Globalization;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Background;

/// <summary>Runs work that one replica does for all, once in each period.</summary>
/// <param name="leases">The leases of jobs.</param>
/// <param name="time">The clock.</param>
/// <param name="duration">How long a replica may work before another one begins the work again.</param>
internal sealed class LeasedWork(IJobLeases leases, TimeProvider time, TimeSpan duration)
{
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Runs the work, unless another replica has the lease, or it was completed in this period.</summary>
    /// <param name="job">The name of the job.</param>
    /// <param name="period">The format of the current time whose result is the same in the whole period.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task OncePerAsync(string job, string period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var current = now.UtcDateTime.ToString(period, CultureInfo.InvariantCulture);
        if (!await leases.TryAcquireAsync(job, current, _holder, now, now + duration, cancellationToken))
            return;
        await work(cancellationToken);
        await leases.CompleteAsync(job, current, _holder, time.GetUtcNow(), cancellationToken);
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Sends waiting mails concurrently. Replicas share them by leases, which are short and renewed while their attempts run. A mail is removed
/// when it was sent, so it is sent twice if the process fails between the end of the message and the removal.
/// </summary>
internal sealed partial class MailDelivery(
    IAccountStore store, IMailer mailer, IEnumerable<IMailWriter> writers, Readiness readiness, TelemetryKitMetrics metrics,
    TimeProvider time, ILogger<MailDelivery> log)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    // After an outage of the store, so that other processes store the results of their attempts before this one leases their mails.
    private static readonly TimeSpan OutageGrace = TimeSpan.FromSeconds(3);

    // Timeouts at the stop: for running attempts, and for storing the results of the cancelled ones.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(0.5);

    private static readonly IMailWriter NoWriter = new UnknownKind();

    private readonly Dictionary<string, IMailWriter> _writers =
        writers.SelectMany(writer => writer.Kinds.Select(kind => (kind, writer))).ToDictionary();

    private readonly Channel<bool> _wakes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<Guid, Attempt> _attempts = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly MailSlots _slots = new();
    private DateTimeOffset _trimmedAt;
    private DateTimeOffset _renewedAt;
    private DateTimeOffset _waitsUntil;
    private bool _isStoreUnavailable;

    /// <summary>Starts a search for due mails immediately.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Starts attempts for the due mails while slots are free. Returns the attempts.</summary>
    public async Task<IReadOnlyList<Task>> BeginAsync(CancellationToken cancellationToken)
    {
        List<Task> begun = [];
        for (var now = time.GetUtcNow(); _slots.Free(now) is > 0 and var free; now = time.GetUtcNow())
        {
            var until = now + Limits.MailLease;
            var mails = await store.Mails.LeaseAsync(free, now, until, cancellationToken);
            begun.AddRange(mails.Select(mail => Begin(mail, now, until)).OfType<Task>());
            if (mails.Count < free)
                break;
        }

        return begun;
    }

    /// <summary>Renews the leases of running attempts. Cancels the attempts whose mails another process has leased.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        var attempts = _attempts.Values.ToArray();
        if (attempts.Length == 0)
            return;
        var until = time.GetUtcNow() + Limits.MailLease;
        var renewed = await store.Mails.RenewAsync([.. attempts.Select(attempt => attempt.Mail)], until, cancellationToken);
        foreach (var attempt in attempts)
        {
            if (renewed.Contains(attempt.Mail.Id))
                attempt.HoldUntil(until, time);
            else
                await attempt.Ending.CancelAsync();
        }
    }

    /// <summary>Removes waiting mails beyond the limit.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        var count = await store.Mails.CountAsync(cancellationToken);
        metrics.MailsRetrying(count.Retrying);
        if (count.All <= Limits.WaitingMails)
            return;
        var surplus = await store.Mails.RemoveSurplusAsync(Limits.WaitingMails, cancellationToken);
        if (surplus.Count > 0)
            LogSurplus(log, surplus.Count);
        foreach (var mail in surplus)
        {
            metrics.MailGivenUp(MailOutcomes.QueueFull);
            await WriterOf(mail).GivenUpAsync(mail, cancellationToken);
        }
    }

    /// <summary>Does what is due: renews leases, starts attempts and removes surplus mails. Failures are logged.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Renewed first, so that this process doesn't lease the mails of its own attempts.
            if (time.GetUtcNow() - _renewedAt >= Limits.MailLeaseRenewal)
            {
                await RenewAsync(cancellationToken);
                _renewedAt = time.GetUtcNow();
            }

            if (_isStoreUnavailable)
            {
                await store.Mails.CountAsync(cancellationToken);
                _isStoreUnavailable = false;
                _waitsUntil = time.GetUtcNow() + OutageGrace;
            }

            if (time.GetUtcNow() < _waitsUntil)
                return;
            await BeginAsync(cancellationToken);
            if (time.GetUtcNow() - _trimmedAt < TrimInterval)
                return;
            _trimmedAt = time.GetUtcNow();
            await TrimAsync(cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            // Logged once per outage, not every second.
            if (!_isStoreUnavailable)
                LogStoreUnavailable(log, e.Message);
            _isStoreUnavailable = true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, e.GetType().Name);
        }
    }

    /// <summary>
    /// Stops starting attempts and waits for the running ones. Attempts that don't finish in time are cancelled, and their mails retried
    /// later.
    /// </summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WaitForAttemptsAsync(DrainTimeout, cancellationToken);
        await _stopped.CancelAsync();
        foreach (var attempt in _attempts.Values)
            await attempt.Ending.CancelAsync();
        await WaitForAttemptsAsync(ReleaseTimeout, CancellationToken.None);
    }

    public override void Dispose()
    {
        _stopped.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = time.CreateTimer(_ => Wake(), null, PollInterval, PollInterval);
        try
        {
            await foreach (var _ in _wakes.Reader.ReadAllAsync(stoppingToken))
            {
                if (readiness.IsStarted)
                    await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private Task? Begin(WaitingMail mail, DateTimeOffset now, DateTimeOffset until)
    {
        var attempt = new Attempt(mail, new CancellationTokenSource(Limits.MailLease, time));
        attempt.HoldUntil(until, time);
        // The previous attempt is still recording its result, because the store was unavailable. It will end the lease.
        if (!_attempts.TryAdd(mail.Id, attempt))
            return null;
        EndAttempts(_slots.Begin(mail, now));
        return attempt.Run = Task.Run(() => RunAsync(mail, attempt.Ending), CancellationToken.None);
    }

    private async Task RunAsync(WaitingMail mail, CancellationTokenSource ending)
    {
        var result = await TrySendAsync(mail, ending.Token);
        // Ends the timer.
        ending.CancelAfter(Timeout.InfiniteTimeSpan);
        _slots.End(mail.Id);
        Wake();
        // A mail that was not tried is due at once, and the next attempt must be able to start.
        if (result.Failure == MailFailure.Busy)
            _attempts.TryRemove(mail.Id, out _);
        await RecordWithRetriesAsync(mail, result);
        if (result.Failure == MailFailure.Busy)
            Wake();
        else
            _attempts.TryRemove(mail.Id, out _);
    }

    private async Task<MailAttempt> TrySendAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() >= mail.ExpiresAt)
            return new(MailFailure.Interrupted, MailOutcomes.Expired);
        try
        {
            if (await WriterOf(mail).WriteAsync(mail, cancellationToken) is not { } letter)
                return new(null, "nothing to send");
            var result = await mailer.SendAsync(letter with { Id = mail.Id }, cancellationToken);
            result = NoteServer(mail, result);
            if (result.Failure is null)
                LogSent(log, letter.Kind, result.Detail);
            return result;
        }
        catch (StorageUnavailableException e)
        {
            return new(MailFailure.Unreachable, e.GetType().Name);
        }
        catch (Exception e)
        {
            // A fault in one mail must not stop the others. Its message may contain the content of the mail, so it isn't logged.
            return new(MailFailure.Interrupted, e.GetType().Name);
        }
    }

    private MailAttempt NoteServer(WaitingMail mail, MailAttempt result)
    {
        var now = time.GetUtcNow();
        if (result.Failure == MailFailure.Unreachable)
            EndAttempts(_slots.NoteUnreachable(now));
        else if (result.Failure is null or MailFailure.Deferred or MailFailure.Refused or MailFailure.Utf8Unsupported)
            _slots.NoteReached(now);
        else if (result.Failure == MailFailure.Busy)
        {
            var isAccepting = _slots.NoteBusy(mail.Id, now, out var ended);
            EndAttempts(ended);
            return isAccepting ? result : result with { Failure = MailFailure.Unreachable };
        }

        return result;
    }

    private void EndAttempts(IReadOnlyList<Guid> mails)
    {
        foreach (var mailId in mails)
        {
            if (_attempts.TryGetValue(mailId, out var attempt))
                attempt.Ending.Cancel();
        }
    }

    // The result is stored with retries while the store is unavailable. Otherwise the mail would be sent again.
    private async Task RecordWithRetriesAsync(WaitingMail mail, MailAttempt result)
    {
        while (true)
        {
            try
            {
                await RecordAsync(mail, result);
                return;
            }
            catch (StorageUnavailableException e) when (!_stopped.IsCancellationRequested)
            {
                LogStoreUnavailable(log, e.Message);
                await Task.Delay(PollInterval, time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                LogFailed(log, e.GetType().Name);
                return;
            }
        }
    }

    private async Task RecordAsync(WaitingMail mail, MailAttempt result)
    {
        if (result.Failure is not { } failure)
        {
            await RemoveAsync(mail, WriterOf(mail).DoneAsync);
        }
        else if (MailSchedule.RetryAt(mail, failure, time.GetUtcNow()) is { } due)
        {
            if (failure == MailFailure.Busy)
                await store.Mails.ReturnAsync(mail, due, CancellationToken.None);
            else
                await store.Mails.PostponeAsync(mail, due, CancellationToken.None);
            metrics.MailFailed(failure.Code());
            LogRetry(log, mail.Kind, failure.Code(), result.Detail);
        }
        else
        {
            var reason = failure.IsPermanent() ? failure.Code() : MailOutcomes.Expired;
            await RemoveAsync(mail, WriterOf(mail).GivenUpAsync);
            metrics.MailGivenUp(reason);
            LogGivenUp(log, mail.Kind, reason, result.Detail);
        }
    }

    private async Task RemoveAsync(WaitingMail mail, Func<WaitingMail, CancellationToken, Task> last)
    {
        try
        {
            await last(mail, CancellationToken.None);
        }
        catch (Exception e) when (e is not StorageUnavailableException)
        {
            // The mail is removed anyway. Otherwise it would be sent repeatedly.
            LogFailed(log, e.GetType().Name);
        }

        await store.Mails.RemoveAsync(mail.Id, CancellationToken.None);
    }

    private IMailWriter WriterOf(WaitingMail mail) => _writers.GetValueOrDefault(mail.Kind, NoWriter);

    private async Task WaitForAttemptsAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await Task.WhenAny(Task.WhenAll(_attempts.Values.Select(attempt => attempt.Run)), Task.Delay(timeout, time, cancellationToken));

    [LoggerMessage(Level = LogLevel.Information, Message = "A mail ({Kind}) was sent to {Where}")]
    private static partial void LogSent(ILogger log, string kind, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail ({Kind}) could not be sent and is retried: {Reason} ({Detail})")]
    private static partial void LogRetry(ILogger log, string kind, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail ({Kind}) was given up: {Reason} ({Detail})")]
    private static partial void LogGivenUp(ILogger log, string kind, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Too many mails wait to be sent; {Count} were given up")]
    private static partial void LogSurplus(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; mails are sent later: {Fault}")]
    private static partial void LogStoreUnavailable(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending mails failed and is retried: {Fault}")]
    private static partial void LogFailed(ILogger log, string fault);

    // The mail was stored by a newer version of the server.
    private sealed class UnknownKind : IMailWriter
    {
        public IReadOnlyCollection<string> Kinds => [];

        public Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The kind of mail is unknown to this version.");
    }

    private sealed class Attempt(WaitingMail mail, CancellationTokenSource ending)
    {
        // An attempt ends before its lease does.
        private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

        public WaitingMail Mail { get; } = mail;

        public CancellationTokenSource Ending { get; } = ending;

        public Task Run { get; set; } = Task.CompletedTask;

        /// <summary>Cancels the attempt shortly before its lease expires, unless it is called again.</summary>
        public void HoldUntil(DateTimeOffset until, TimeProvider time)
        {
            var left = until - time.GetUtcNow() - Margin;
            Ending.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>What becomes of a mail when something beside the mail server goes wrong.</summary>
public sealed class MailDeliveryTests : IAsyncLifetime, IMailer, IMailWriter
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-delivery-").FullName;
    private readonly SteppedTime _time = new();
    private readonly ConcurrentQueue<string> _sent = new();
    private readonly ConcurrentQueue<string> _ended = new();
    private readonly TaskCompletionSource _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IStore _store = null!;
    private IAccountStore _accounts = null!;

    public IReadOnlyCollection<string> Kinds => ["good", "bad", "nothing", "bad-end", "slow"];

    public async ValueTask InitializeAsync()
    {
        var secrets = new ServerSecrets(ServerSecret.TryParse(TestSecret.Text)!);
        _store = StoreFactory.Create(new StorageOptions { DataFolder = _folder, Secrets = secrets }, _time);
        await _store.MigrateAsync(default);
        _accounts = _store.Accounts;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    Task<Letter?> IMailWriter.WriteAsync(WaitingMail mail, CancellationToken cancellationToken) => mail.Kind switch
    {
        "bad" => throw new InvalidOperationException("a fault of ours"),
        "nothing" => Task.FromResult<Letter?>(null),
        _ => Task.FromResult<Letter?>(new Letter(mail.Kind, mail.To.Text, "Subject", ["Text"])),
    };

    Task IMailWriter.DoneAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        _ended.Enqueue($"{mail.Kind} done");
        return mail.Kind == "bad-end" ? throw new InvalidOperationException("a fault of ours") : Task.CompletedTask;
    }

    Task IMailWriter.GivenUpAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        _ended.Enqueue($"{mail.Kind} given up");
        return Task.CompletedTask;
    }

    async Task<MailAttempt> IMailer.SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        _sent.Enqueue(letter.Kind);
        if (letter.Kind == "slow")
            await _reply.Task.WaitAsync(cancellationToken);
        return new MailAttempt(null, "the tests");
    }

    [Fact]
    public async Task A_fault_in_one_mail_stops_no_other()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        foreach (var kind in (string[])["bad", "good", "nothing", "bad-end", "of a newer version"])
            await AddAsync(kind);
        await RunAsync(delivery);
        Assert.Equal(["bad-end", "good"], _sent.Order(StringComparer.Ordinal));
        Assert.Equal(["bad-end done", "good done", "nothing done"], _ended.Order(StringComparer.Ordinal));
        Assert.Equal(new(2, 2), await _accounts.Mails.CountAsync(default));

        // The others are retried for a day, and mails that were sent are not sent again.
        for (var hour = 0; hour < 26; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await RunAsync(delivery);
        }

        Assert.Equal(2, _sent.Count);
        Assert.Equal("bad given up", _ended.Last());
        Assert.Equal(new(0, 0), await _accounts.Mails.CountAsync(default));
    }

    [Fact]
    public async Task A_store_that_is_away_when_a_mail_has_gone_makes_no_second_one()
    {
        using var metrics = new TelemetryKitMetrics();
        var failing = FailingMails.Wrap(_accounts, out var mails);
        using var delivery = Delivery(failing, metrics);
        await AddAsync("good");
        mails.IsRemovalAway = true;
        var attempt = Assert.Single(await delivery.BeginAsync(default));
        await Eventually.TrueAsync(() => Volatile.Read(ref mails.Refused) > 0, "the store is away");

        // It is leased again after its lease expired, and this process knows that it was sent.
        _time.Advance(Limits.MailLease + TimeSpan.FromSeconds(1));
        Assert.Empty(await delivery.BeginAsync(default));
        mails.IsRemovalAway = false;
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return attempt.IsCompleted;
            },
            "the mail is removed");
        Assert.Equal("good", Assert.Single(_sent));
        Assert.Equal(new(0, 0), await _accounts.Mails.CountAsync(default));
    }

    [Fact]
    public async Task A_mail_whose_process_was_killed_is_sent_within_half_a_minute()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        await AddAsync("good");
        Assert.Single(await LeaseElsewhereAsync());
        await RunAsync(delivery);
        Assert.Empty(_sent);
        _time.Advance(TimeSpan.FromSeconds(30));
        await RunAsync(delivery);
        Assert.Equal("good", Assert.Single(_sent));
    }

    [Fact]
    public async Task A_mail_that_is_being_sent_to_a_slow_server_is_sent_by_no_other_process()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        await AddAsync("slow");
        var attempt = Assert.Single(await delivery.BeginAsync(default));
        for (var seconds = 0; seconds < 180; seconds += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await delivery.RunOnceAsync(default);
            Assert.Empty(await LeaseElsewhereAsync());
        }

        _reply.SetResult();
        await attempt;
        Assert.Equal("slow", Assert.Single(_sent));
        Assert.Equal(new(0, 0), await _accounts.Mails.CountAsync(default));
    }

    [Fact]
    public async Task An_attempt_whose_lease_was_not_renewed_in_time_is_cancelled()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        await AddAsync("slow");
        var attempt = Assert.Single(await delivery.BeginAsync(default));
        await Eventually.TrueAsync(() => !_sent.IsEmpty, "the attempt has begun");
        _time.Advance(Limits.MailLease);
        await Eventually.TrueAsync(() => attempt.IsCompleted, "the attempt is cancelled", seconds: 30);
        Assert.Equal(new(1, 1), await _accounts.Mails.CountAsync(default));
    }

    [Fact]
    public async Task An_attempt_whose_mail_another_process_has_leased_is_cancelled_and_changes_nothing()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        await AddAsync("slow");
        var attempt = Assert.Single(await delivery.BeginAsync(default));
        await Eventually.TrueAsync(() => !_sent.IsEmpty, "the attempt has begun");
        var later = _time.GetUtcNow() + Limits.MailLease;
        var other = Assert.Single(await _accounts.Mails.LeaseAsync(10, later, later + Limits.MailLease, default));
        _time.Advance(TimeSpan.FromSeconds(5));
        await delivery.RunOnceAsync(default);
        await Eventually.TrueAsync(() => attempt.IsCompleted, "the attempt is cancelled", seconds: 30);
        Assert.True(await _accounts.Mails.PostponeAsync(other, later, default));
    }

    [Fact]
    public async Task After_an_outage_of_the_store_other_processes_have_time_to_store_what_they_sent()
    {
        using var metrics = new TelemetryKitMetrics();
        var failing = FailingMails.Wrap(_accounts, out var mails);
        using var delivery = Delivery(failing, metrics);
        await AddAsync("good");
        var sent = Assert.Single(await LeaseElsewhereAsync());
        mails.IsLeaseAway = true;
        _time.Advance(TimeSpan.FromMinutes(5));
        await delivery.RunOnceAsync(default);
        mails.IsLeaseAway = false;
        await delivery.RunOnceAsync(default);
        await AddAsync("nothing");
        Assert.Equal(2, (await LeaseElsewhereAsync()).Count);
        await _accounts.Mails.RemoveAsync(sent.Id, default);

        // The other one, whose process was killed, is sent later.
        _time.Advance(Limits.MailLease);
        await delivery.RunOnceAsync(default);
        await Eventually.TrueAsync(async () => (await _accounts.Mails.CountAsync(default)).All == 0, "the other mail is done");
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task What_waits_beyond_the_bound_is_given_up()
    {
        using var metrics = new TelemetryKitMetrics();
        using var delivery = Delivery(_accounts, metrics);
        await AddManyAsync(Limits.WaitingMails + 5);
        await delivery.TrimAsync(default);
        Assert.Equal(Enumerable.Repeat("good given up", 5), _ended);
        Assert.Equal(new(Limits.WaitingMails, 0), await _accounts.Mails.CountAsync(default));
    }

    private static async Task RunAsync(MailDelivery delivery) => await Task.WhenAll(await delivery.BeginAsync(default));

    private Task<IReadOnlyList<WaitingMail>> LeaseElsewhereAsync() =>
        _accounts.Mails.LeaseAsync(10, _time.GetUtcNow(), _time.GetUtcNow() + Limits.MailLease, default);

    private async Task AddAsync(string kind)
    {
        var now = _time.GetUtcNow();
        Assert.True(await _accounts.Mails.AddAsync(
            new WaitingMail
            {
                Id = Guid.CreateVersion7(now), Kind = kind, To = EmailAddress.TryParse($"{Guid.NewGuid():N}@example.org")!, Data = "{}",
                CreatedAt = now, ExpiresAt = now + Limits.MailAge,
            },
            default));
    }

    // Sequential attempts would take a minute.
    private async Task AddManyAsync(int mails)
    {
        var file = Path.Combine(_folder, StorageOptions.DatabaseFile);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < {mails})
            insert into mails (id, kind, address, address_key, domain, data, essential, created_at, expires_at, due_at, attempts)
            select randomblob(16), 'good', i || '@example.org', i || '@example.org', 'example.org', '', 0, i, i, i, 0 from numbers
            """;
        Assert.Equal(mails, await command.ExecuteNonQueryAsync());
    }

    private MailDelivery Delivery(IAccountStore accounts, TelemetryKitMetrics metrics) =>
        new(accounts, this, [this], new Readiness(), metrics, _time, NullLogger<MailDelivery>.Instance);

    /// <summary>A store whose mails can't be removed or leased while a test says so.</summary>
    public class FailingMails : DispatchProxy
    {
        private object _inner = null!;
        private State _state = null!;

        internal static IAccountStore Wrap(IAccountStore inner, out State state)
        {
            var made = state = new State();
            return Proxy<IAccountStore>(inner, made);
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IWaitingMails.RemoveAsync) && _state.IsRemovalAway)
            {
                Interlocked.Increment(ref _state.Refused);
                throw new StorageUnavailableException("away", new IOException());
            }

            if (targetMethod.Name == nameof(IWaitingMails.LeaseAsync) && _state.IsLeaseAway)
                throw new StorageUnavailableException("away", new IOException());
            var result = targetMethod.Invoke(_inner, args);
            return result is IWaitingMails mails ? Proxy(mails, _state) : result;
        }

        private static T Proxy<T>(T inner, State state)
            where T : class
        {
            var proxy = Create<T, FailingMails>();
            ((FailingMails)(object)proxy)._inner = inner;
            ((FailingMails)(object)proxy)._state = state;
            return proxy;
        }

        internal sealed class State
        {
            public volatile bool IsRemovalAway;
            public volatile bool IsLeaseAway;
            public int Refused;
        }
    }
}

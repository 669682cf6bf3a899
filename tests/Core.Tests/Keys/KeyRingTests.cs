using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Tests.Ingest;

namespace TelemetryKit.Core.Tests.Keys;

public sealed class KeyRingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OneKeyStore _store = new();

    [Fact]
    public async Task Known_and_unknown_keys_are_looked_up_once()
    {
        var ring = new KeyRing(_store, _time);
        var unknown = ApiKey.Generate(KeyKind.Live);

        for (var i = 0; i < 50; i++)
        {
            Assert.NotNull(await ring.FindAsync(_store.Key, default));
            Assert.Null(await ring.FindAsync(unknown, default));
        }

        Assert.Equal(2, _store.LookUps);
    }

    [Fact]
    public async Task A_malformed_key_is_not_looked_up_in_the_store()
    {
        var ring = new KeyRing(_store, _time);

        string[] malformed =
        [
            "", "tk_live_", "tk_live_short", "tk_admin_" + new string('a', 32), "tk_live_" + new string('-', 32),
            "tk_live_" + new string('a', 33), new string('x', 100_000),
        ];
        foreach (var text in malformed)
            Assert.Null(await ring.FindAsync(text, default));

        Assert.Equal(0, _store.LookUps);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_five_seconds()
    {
        var ring = new KeyRing(_store, _time);
        Assert.NotNull(await ring.FindAsync(_store.Key, default));
        _store.Revoked = true;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await ring.FindAsync(_store.Key, default));
    }

    [Fact]
    public async Task A_revoked_key_in_constant_use_is_refused_within_five_seconds()
    {
        var ring = new KeyRing(_store, _time);
        Assert.NotNull(await ring.FindAsync(_store.Key, default));
        _store.Revoked = true;
        var stoppedAfter = TimeSpan.Zero;
        while (await ring.FindAsync(_store.Key, default) is not null)
        {
            stoppedAfter += TimeSpan.FromMilliseconds(100);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(stoppedAfter <= TimeSpan.FromSeconds(5), "The key is still accepted after 5 s.");
        }
    }

    [Fact]
    public async Task A_current_key_is_that_of_the_store_and_unknown_keys_stay_cached()
    {
        var ring = new KeyRing(_store, _time);
        Assert.NotNull(await ring.FindCurrentAsync(_store.Key, default));
        Assert.Equal(1, _store.LookUps);
        Assert.NotNull(await ring.FindCurrentAsync(_store.Key, default));
        Assert.Equal(2, _store.LookUps);
        _store.Revoked = true;
        Assert.Null(await ring.FindCurrentAsync(_store.Key, default));
        for (var i = 0; i < 10; i++)
            Assert.Null(await ring.FindCurrentAsync(_store.Key, default));
        Assert.Equal(3, _store.LookUps);
        Assert.Null(await ring.FindCurrentAsync(new string('x', 100_000), default));
    }

    [Fact]
    public async Task An_error_of_the_store_is_thrown_and_not_cached()
    {
        var ring = new KeyRing(_store, _time);
        _store.IsUnavailable = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ring.FindAsync(_store.Key, default));

        _store.IsUnavailable = false;

        Assert.NotNull(await ring.FindAsync(_store.Key, default));
    }

    private sealed class OneKeyStore : IKeyLookup
    {
        public string Key { get; } = ApiKey.Generate(KeyKind.Live);

        public bool Revoked { get; set; }

        public bool IsUnavailable { get; set; }

        public int LookUps { get; private set; }

        public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
        {
            LookUps++;
            if (IsUnavailable)
                throw new StorageUnavailableException("unavailable");
            return Task.FromResult(
                !Revoked && hash.SequenceEqual(ApiKey.Hash(Key))
                    ? new ProjectKey(Guid.CreateVersion7(), KeyKind.Live, Batches.Project())
                    : null);
        }
    }
}

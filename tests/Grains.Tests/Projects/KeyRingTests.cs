using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;
using TelemetryKit.Grains.Tests.Ingest;

namespace TelemetryKit.Grains.Tests.Projects;

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
    public async Task What_is_not_a_key_never_reaches_the_store()
    {
        var ring = new KeyRing(_store, _time);

        foreach (var text in new[] { "", "tk_live_", "tk_live_short", "tk_admin_" + new string('a', 32), "tk_live_" + new string('-', 32), "tk_live_" + new string('a', 33), new string('x', 100_000) })
            Assert.Null(await ring.FindAsync(text, default));

        Assert.Equal(0, _store.LookUps);
    }

    [Fact]
    public async Task A_revoked_key_stops_within_five_seconds()
    {
        var ring = new KeyRing(_store, _time);
        Assert.NotNull(await ring.FindAsync(_store.Key, default));
        _store.Revoked = true;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await ring.FindAsync(_store.Key, default));
    }

    [Fact]
    public async Task A_key_in_constant_use_is_renewed_and_its_revocation_seen_too()
    {
        var ring = new KeyRing(_store, _time);
        Assert.NotNull(await ring.FindAsync(_store.Key, default));
        _store.Revoked = true;
        var stoppedAfter = TimeSpan.Zero;
        while (await ring.FindAsync(_store.Key, default) is not null)
        {
            stoppedAfter += TimeSpan.FromMilliseconds(100);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(stoppedAfter <= TimeSpan.FromSeconds(5), "still accepted after 5 s");
        }
    }

    [Fact]
    public async Task A_fault_of_the_store_is_told_and_not_remembered()
    {
        var ring = new KeyRing(_store, _time);
        _store.Away = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ring.FindAsync(_store.Key, default));

        _store.Away = false;

        Assert.NotNull(await ring.FindAsync(_store.Key, default));
    }

    private sealed class OneKeyStore : IKeyLookup
    {
        public string Key { get; } = ApiKey.Generate(KeyKind.Live);

        public bool Revoked { get; set; }

        public bool Away { get; set; }

        public int LookUps { get; private set; }

        public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
        {
            LookUps++;
            if (Away)
                throw new StorageUnavailableException("away");
            return Task.FromResult(!Revoked && hash.SequenceEqual(ApiKey.Hash(Key)) ? new ProjectKey(Guid.CreateVersion7(), KeyKind.Live, Batches.Project()) : null);
        }
    }
}

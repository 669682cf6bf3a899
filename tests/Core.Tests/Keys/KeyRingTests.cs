using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;
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
        var ring = NewRing();
        var unknown = ApiKey.Generate(KeyKind.Live);

        for (var i = 0; i < 50; i++)
        {
            Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
            Assert.Null((await ring.FindAsync(unknown, null, default)).Key);
        }

        Assert.Equal(2, _store.LookUps);
    }

    [Fact]
    public async Task A_malformed_key_is_not_looked_up_in_the_store()
    {
        var ring = NewRing();

        string[] malformed =
        [
            "", "tk_live_", "tk_live_short", "tk_admin_" + new string('a', 32), "tk_live_" + new string('-', 32),
            "tk_live_" + new string('a', 33), new string('x', 100_000),
        ];
        foreach (var text in malformed)
            Assert.Null((await ring.FindAsync(text, null, default)).Key);

        Assert.Equal(0, _store.LookUps);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_five_seconds()
    {
        var ring = NewRing();
        Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
        _store.Revoked = true;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null((await ring.FindAsync(_store.Key, null, default)).Key);
    }

    [Fact]
    public async Task A_revoked_key_in_constant_use_is_refused_within_five_seconds()
    {
        var ring = NewRing();
        Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
        _store.Revoked = true;
        var stoppedAfter = TimeSpan.Zero;
        while ((await ring.FindAsync(_store.Key, null, default)).Key is not null)
        {
            stoppedAfter += TimeSpan.FromMilliseconds(100);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(stoppedAfter <= TimeSpan.FromSeconds(5), "The key is still accepted after 5 s.");
        }
    }

    [Fact]
    public async Task A_current_key_is_that_of_the_store_and_unknown_keys_stay_cached()
    {
        var ring = NewRing();
        Assert.NotNull((await ring.FindCurrentAsync(_store.Key, null, default)).Key);
        Assert.Equal(1, _store.LookUps);
        Assert.NotNull((await ring.FindCurrentAsync(_store.Key, null, default)).Key);
        Assert.Equal(2, _store.LookUps);
        _store.Revoked = true;
        Assert.Null((await ring.FindCurrentAsync(_store.Key, null, default)).Key);
        for (var i = 0; i < 10; i++)
            Assert.Null((await ring.FindCurrentAsync(_store.Key, null, default)).Key);
        Assert.Equal(3, _store.LookUps);
        Assert.Null((await ring.FindCurrentAsync(new string('x', 100_000), null, default)).Key);
    }

    [Fact]
    public async Task An_error_of_the_store_is_thrown_and_not_cached()
    {
        var ring = NewRing();
        _store.IsUnavailable = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ring.FindAsync(_store.Key, null, default));

        _store.IsUnavailable = false;

        Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
    }

    [Fact]
    public async Task Many_unknown_keys_of_a_source_are_refused_before_the_store_is_asked_and_known_keys_are_not()
    {
        var ring = NewRing();
        var (attacker, other) = (IPAddress.Parse("203.0.113.7"), IPAddress.Parse("198.51.100.7"));
        Assert.NotNull((await ring.FindAsync(_store.Key, attacker, default)).Key);
        var refused = 0;
        for (var i = 0; i < 2_000; i++)
            refused += (await ring.FindAsync(ApiKey.Generate(KeyKind.Live), attacker, default)).RetryAfter is null ? 0 : 1;
        Assert.Equal((2_000 - Limits.UnknownCredentials, Limits.UnknownCredentials + 1), (refused, _store.LookUps));

        // Its entry has expired, so the known key is looked up again, also from this source.
        _time.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 2_000; i++)
            await ring.FindAsync(ApiKey.Generate(KeyKind.Live), attacker, default);
        Assert.NotNull((await ring.FindAsync(_store.Key, attacker, default)).Key);
        Assert.Null((await ring.FindAsync(ApiKey.Generate(KeyKind.Live), other, default)).RetryAfter);
        var wait = (await ring.FindAsync(ApiKey.Generate(KeyKind.Live), attacker, default)).RetryAfter;
        Assert.InRange(wait!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("203.0.113.{0}")] // of one /24
    [InlineData("2001:db8:7:{0}::1")] // of one /56
    [InlineData("2001:db8:7:{0}00::1")] // of one /48
    public async Task Strangers_of_its_network_do_not_keep_the_keys_of_an_address_from_being_looked_up(string format)
    {
        var ring = NewRing();
        await SpendNetworkAsync();

        // The process hasn't seen the key before.
        Assert.NotNull((await ring.FindAsync(_store.Key, Address(50), default)).Key);

        // The share of an address is small, and comes back.
        await SpendAsync(51);
        var before = _store.LookUps;
        await SpendAsync(51);
        Assert.Equal(before, _store.LookUps);
        _time.Advance(Limits.UnknownCredentialOfAddressTime);
        await SpendNetworkAsync();
        Assert.Null((await ring.FindAsync(ApiKey.Generate(KeyKind.Live), Address(51), default)).RetryAfter);
        Assert.NotNull((await ring.FindAsync(ApiKey.Generate(KeyKind.Live), Address(51), default)).RetryAfter);

        async Task SpendNetworkAsync()
        {
            for (var i = 10; i < 30; i++)
                await SpendAsync(i);
        }

        async Task SpendAsync(int address)
        {
            for (var k = 0; k < 2 * Limits.UnknownCredentials; k++)
                await ring.FindAsync(ApiKey.Generate(KeyKind.Live), Address(address), default);
        }

        IPAddress Address(int i) => IPAddress.Parse(string.Format(CultureInfo.InvariantCulture, format, i));
    }

    [Fact]
    public async Task The_shares_of_all_addresses_together_are_bounded()
    {
        var ring = NewRing();
        for (var i = 0; i < 12_000; i++)
            await ring.FindAsync(ApiKey.Generate(KeyKind.Live), IPAddress.Parse($"2001:db8:7:{i % 4_000:x}::1"), default);
        var most = (4 * Limits.UnknownCredentials) + Limits.UnknownCredentialsOfAllAddresses;
        Assert.InRange(_store.LookUps, most - 5, most);
    }

    [Fact]
    public async Task Known_keys_and_failed_look_ups_cost_a_source_nothing()
    {
        var ring = NewRing();
        var source = IPAddress.Parse("203.0.113.7");
        _store.IsUnavailable = true;
        for (var i = 0; i < 200; i++)
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ring.FindAsync(_store.Key, source, default));
        _store.IsUnavailable = false;
        _store.KnowsAll = true;
        for (var i = 0; i < 200; i++)
            Assert.NotNull((await ring.FindAsync(ApiKey.Generate(KeyKind.Live), source, default)).Key);
        _store.KnowsAll = false;
        Assert.Null((await ring.FindAsync(ApiKey.Generate(KeyKind.Live), source, default)).RetryAfter);
    }

    [Fact]
    public async Task Unknown_keys_of_many_sources_do_not_remove_known_ones_from_the_cache()
    {
        var ring = NewRing();
        Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
        for (var i = 0; i < Limits.CachedKeys + 10; i++)
            await ring.FindAsync(ApiKey.Generate(KeyKind.Live), null, default);
        var before = _store.LookUps;
        Assert.NotNull((await ring.FindAsync(_store.Key, null, default)).Key);
        Assert.Equal(before, _store.LookUps);
    }

    private KeyRing NewRing() => new(_store, new UnknownCredentials(new SourceHasher(_time), new TelemetryKitMetrics(), _time), _time);

    private sealed class OneKeyStore : IKeyLookup
    {
        public string Key { get; } = ApiKey.Generate(KeyKind.Live);

        public bool Revoked { get; set; }

        public bool IsUnavailable { get; set; }

        public bool KnowsAll { get; set; }

        public int LookUps { get; private set; }

        public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
        {
            LookUps++;
            if (IsUnavailable)
                throw new StorageUnavailableException("unavailable");
            return Task.FromResult(
                KnowsAll || !Revoked && hash.SequenceEqual(ApiKey.Hash(Key))
                    ? new ProjectKey(Guid.CreateVersion7(), KeyKind.Live, Batches.Project())
                    : null);
        }
    }
}

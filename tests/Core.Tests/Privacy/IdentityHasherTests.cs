using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Tests.Privacy;

public sealed class IdentityHasherTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Hashes_equal_the_vectors_when_computed_and_when_cached()
    {
        var vectors = Spec.Read("vectors/hashing.json").GetProperty("identities").EnumerateArray().ToList();
        Assert.NotEmpty(vectors);
        for (var round = 0; round < 2; round++)
        {
            foreach (var vector in vectors)
            {
                var secret = Convert.FromHexString(vector.GetProperty("secret").GetString()!);
                var value = Encoding.UTF8.GetBytes(vector.GetProperty("value").GetString()!);
                var isInstall = vector.GetProperty("kind").GetString() == "install";
                var hash = isInstall ? IdentityHasher.Install(secret, value) : IdentityHasher.Session(secret, value);
                Assert.Equal(vector.GetProperty("hash").GetString(), hash.ToString());
            }
        }
    }

    [Fact]
    public void The_hash_of_an_empty_value_is_0()
    {
        Assert.Equal(0, IdentityHasher.Install(Secret, ""));
        Assert.Equal(0, IdentityHasher.Session(Secret, []));
    }

    [Fact]
    public void Two_projects_and_two_kinds_hash_the_same_value_differently()
    {
        var other = Secret.Reverse().ToArray();
        long[] hashes =
        [
            IdentityHasher.Install(Secret, "a"),
            IdentityHasher.Install(other, "a"),
            IdentityHasher.Session(Secret, "a"u8),
            IdentityHasher.Session(other, "a"u8),
        ];
        Assert.Distinct(hashes);
    }

    [Fact]
    public void More_identities_than_the_cache_holds_are_hashed_correctly_by_many_threads()
    {
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                // Most of them occur often, to read slots while another thread writes them.
                var value = Encoding.ASCII.GetBytes((i % 7 == 0 ? (thread * 1_000_000) + i : i % 97).ToString());
                Assert.Equal(Expected(Secret, value), IdentityHasher.Install(Secret, value));
            }
        });
    }

    [Fact]
    public void Projects_in_turn_are_hashed_with_their_own_secrets()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => RandomNumberGenerator.GetBytes(32)).ToList();
        for (var i = 0; i < 1_000; i++)
        {
            var secret = secrets[i % secrets.Count];
            var value = Encoding.ASCII.GetBytes($"user {i}");
            Assert.Equal(Expected(secret, value), IdentityHasher.Install(secret, value));
        }
    }

    [Fact]
    public void A_cached_identity_needs_no_allocation()
    {
        IdentityHasher.Install(Secret, "anon"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        IdentityHasher.Install(Secret, "anon"u8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static long Expected(byte[] secret, byte[] value) =>
        BinaryPrimitives.ReadInt64BigEndian(HMACSHA256.HashData(secret, (byte[])[.. "install:"u8, .. value]));
}

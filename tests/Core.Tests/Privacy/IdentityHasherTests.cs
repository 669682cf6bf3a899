using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Tests.Privacy;

public sealed class IdentityHasherTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Identities_hash_as_the_vectors_say_the_first_time_and_from_the_cache()
    {
        var vectors = Spec.Read("vectors/hashing.json").GetProperty("identities").EnumerateArray().ToList();
        Assert.NotEmpty(vectors);
        for (var round = 0; round < 2; round++)
        {
            foreach (var vector in vectors)
            {
                var secret = Convert.FromHexString(vector.GetProperty("secret").GetString()!);
                var value = Encoding.UTF8.GetBytes(vector.GetProperty("value").GetString()!);
                var hash = vector.GetProperty("kind").GetString() == "install" ? IdentityHasher.Install(secret, value) : IdentityHasher.Session(secret, value);
                Assert.Equal(vector.GetProperty("hash").GetString(), hash.ToString());
            }
        }
    }

    [Fact]
    public void An_empty_value_is_nobody()
    {
        Assert.Equal(0, IdentityHasher.Install(Secret, ""));
        Assert.Equal(0, IdentityHasher.Session(Secret, []));
    }

    [Fact]
    public void Two_projects_and_two_kinds_hash_the_same_value_differently()
    {
        var other = Secret.Reverse().ToArray();
        Assert.Equal(4, new[] { IdentityHasher.Install(Secret, "a"), IdentityHasher.Install(other, "a"), IdentityHasher.Session(Secret, "a"u8), IdentityHasher.Session(other, "a"u8) }.Distinct().Count());
    }

    [Fact]
    public void More_identities_than_the_cache_holds_from_many_threads_all_hash_right()
    {
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                // Most of them come again and again, to meet places that another thread is just writing.
                var value = Encoding.ASCII.GetBytes((i % 7 == 0 ? (thread * 1_000_000) + i : i % 97).ToString());
                Assert.Equal(Expected(value), IdentityHasher.Install(Secret, value));
            }
        });
    }

    [Fact]
    public void Many_projects_in_turn_each_hash_under_their_own_secret()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => RandomNumberGenerator.GetBytes(32)).ToList();
        for (var i = 0; i < 1_000; i++)
        {
            var secret = secrets[i % secrets.Count];
            var value = Encoding.ASCII.GetBytes($"user {i}");
            Assert.Equal(BinaryPrimitives.ReadInt64BigEndian(HMACSHA256.HashData(secret, (byte[])[.. "install:"u8, .. value])), IdentityHasher.Install(secret, value));
        }
    }

    [Fact]
    public void A_known_identity_costs_no_allocation()
    {
        IdentityHasher.Install(Secret, "anon"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        IdentityHasher.Install(Secret, "anon"u8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static long Expected(byte[] value) => BinaryPrimitives.ReadInt64BigEndian(HMACSHA256.HashData(Secret, (byte[])[.. "install:"u8, .. value]));
}

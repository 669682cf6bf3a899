using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Api.Demo;

/// <summary>Deterministic random numbers for the demo: generators seeded by a name, and the distributions that the demo uses.</summary>
internal static class DeterministicRandom
{
    /// <summary>Returns a generator seeded by a name. The same name always yields the same sequence.</summary>
#pragma warning disable CA5394 // Demo data needs no cryptographic randomness and must be reproducible.
    public static Random Of(string name) => new(BinaryPrimitives.ReadInt32LittleEndian(Hash(name)));

    /// <summary>Returns a UUID (version 8) derived from a name.</summary>
    public static Guid Id(string name)
    {
        var bytes = Hash(name)[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Returns <c>true</c> with the given probability, 0 to 1.</summary>
    public static bool Happens(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>Returns a log-normally distributed value.</summary>
    public static double LogNormal(this Random random, double median, double sigma)
    {
        // Box-Muller transform.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    /// <summary>Returns an exponentially distributed value, such as the time to the next random event.</summary>
    public static double Exponential(this Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>Returns a Poisson-distributed count (Knuth's method).</summary>
    public static int Count(this Random random, double mean)
    {
        var count = 0;
        for (var left = Math.Exp(-mean); (left /= 1 - random.NextDouble()) < 1;)
            count++;
        return count;
    }

    /// <summary>Returns one of several items with a probability proportional to its weight.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> items, Func<T, double> weight)
    {
        var left = random.NextDouble() * items.Sum(weight);
        foreach (var item in items)
        {
            if ((left -= weight(item)) < 0)
                return item;
        }

        return items[^1];
    }
#pragma warning restore CA5394

    private static byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes("telemetrykit demo " + name));
}

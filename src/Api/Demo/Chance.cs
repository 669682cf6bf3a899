using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Api.Demo;

/// <summary>Chance that falls the same way each time: a seed for each thing that is made up, and the distributions the demo draws from.</summary>
internal static class Chance
{
    /// <summary>The chances of one thing: the same name always gives the same ones.</summary>
#pragma warning disable CA5394 // Made-up data needs no secrecy, and must be the same each time.
    public static Random Of(string name) => new(BinaryPrimitives.ReadInt32LittleEndian(Hash(name)));

    /// <summary>A UUID (version 8) of a name.</summary>
    public static Guid Id(string name)
    {
        var bytes = Hash(name)[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>True with the given probability.</summary>
    public static bool Happens(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>Log-normal: most values near the median, a few far above it.</summary>
    public static double LogNormal(this Random random, double median, double sigma)
    {
        // Box and Muller.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    /// <summary>Exponential: the time to the next of things that happen at random.</summary>
    public static double Exponential(this Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>How many of things that happen at random happen in a while (Poisson, by Knuth's method).</summary>
    public static int Count(this Random random, double mean)
    {
        var count = 0;
        for (var left = Math.Exp(-mean); (left /= 1 - random.NextDouble()) < 1;)
            count++;
        return count;
    }

    /// <summary>One of several, the heavier the likelier.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> things, Func<T, double> weight)
    {
        var left = random.NextDouble() * things.Sum(weight);
        foreach (var thing in things)
        {
            if ((left -= weight(thing)) < 0)
                return thing;
        }

        return things[^1];
    }
#pragma warning restore CA5394

    private static byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes("telemetrykit demo " + name));
}

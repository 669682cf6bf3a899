using System.Diagnostics;
using System.Numerics;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The arithmetic of HyperLogLog registers (Flajolet, Fusy, Gandouet, Meunier 2007). The estimate is Otmar Ertl's improved estimator
/// ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6): unbiased over the whole range without tables of
/// corrections. Its standard error is 1.04 ÷ √2^p.
/// </summary>
internal static class HyperLogLog
{
    /// <summary>
    /// Adds an element, which must be uniformly distributed over 64 bits. The first <paramref name="precision"/> bits select the
    /// register; the rest determine the rank.
    /// </summary>
    public static void Add(byte[] registers, int precision, ulong element)
    {
        var index = (int)(element >> (64 - precision));
        var rank = (byte)(BitOperations.LeadingZeroCount((element << precision) | (1UL << (precision - 1))) + 1);
        if (registers[index] < rank)
            registers[index] = rank;
    }

    /// <summary>Merges the registers of another set: each register becomes the larger of the two.</summary>
    public static void Union(Span<byte> registers, ReadOnlySpan<byte> other)
    {
        Debug.Assert(registers.Length == other.Length, "The registers have different precisions.");
        var i = 0;
        for (; i <= registers.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.Max(new Vector<byte>(registers[i..]), new Vector<byte>(other[i..])).CopyTo(registers[i..]);
        for (; i < registers.Length; i++)
            registers[i] = Math.Max(registers[i], other[i]);
    }

    /// <summary>Returns an estimate of the number of distinct elements.</summary>
    public static long Estimate(ReadOnlySpan<byte> registers, int precision)
    {
        var ranks = 64 - precision;
        Span<int> histogram = stackalloc int[66];
        foreach (var register in registers)
            histogram[register]++;

        double m = registers.Length;
        var z = m * Tau(1 - (histogram[ranks + 1] / m));
        for (var k = ranks; k >= 1; k--)
            z = 0.5 * (z + histogram[k]);
        z += m * Sigma(histogram[0] / m);
        return (long)Math.Round(m * m / (2 * Math.Log(2) * z));
    }

    private static double Sigma(double x)
    {
        if (x == 1)
            return double.PositiveInfinity;
        double y = 1, z = x, previous;
        do
        {
            x *= x;
            previous = z;
            z += x * y;
            y += y;
        }
        while (z != previous);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        double y = 1, z = 1 - x, previous;
        do
        {
            x = Math.Sqrt(x);
            previous = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        while (z != previous);
        return z / 3;
    }
}

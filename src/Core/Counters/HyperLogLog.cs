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

    /// <summary>Returns the standard error of an estimate, divided by the number: 1.04 ÷ √2^p, rounded to two digits.</summary>
    public static double StandardError(int precision) => Math.Round(1.04 / Math.Sqrt(1 << precision), 4);

    /// <summary>Returns the registers that the same elements have at a smaller precision; the same array if it is the same.</summary>
    public static byte[] Reduce(byte[] registers, int precision, int smaller)
    {
        var bits = precision - smaller;
        if (bits == 0)
            return registers;
        var reduced = new byte[1 << smaller];
        for (var i = 0; i < registers.Length; i++)
        {
            if (registers[i] == 0)
                continue;
            // The bits of the index that are no longer part of it come before those that the rank was counted in.
            var rest = i & ((1 << bits) - 1);
            var rank = rest == 0 ? bits + registers[i] : bits - BitOperations.Log2((uint)rest);
            ref var register = ref reduced[i >> bits];
            register = Math.Max(register, (byte)rank);
        }

        return reduced;
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

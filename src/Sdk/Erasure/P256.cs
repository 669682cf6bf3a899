#if !NET
using System.Globalization;
using System.Numerics;

namespace TelemetryKit.Erasure;

/// <summary>
/// Verifies signatures of ECDSA with P-256 (FIPS 186-5). netstandard2.0 cannot import a public key, and the runtimes that use it differ in
/// what they support. Everything here is public, so the time that it takes may depend on the numbers.
/// </summary>
internal static class P256
{
    private const int NumberBytes = 32;

    private static readonly BigInteger Prime = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger Order = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly BigInteger B = Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    private static readonly Point Generator = new(
        Hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        Hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
        BigInteger.One);

    /// <summary>Returns whether a signature is valid.</summary>
    /// <param name="x">The public key's x, 32 bytes, big-endian.</param>
    /// <param name="y">The public key's y.</param>
    /// <param name="hash">The hash of what was signed, 32 bytes.</param>
    /// <param name="signature">r and s, 64 bytes.</param>
    public static bool Verify(byte[] x, byte[] y, byte[] hash, byte[] signature)
    {
        var key = new Point(Number(x, 0), Number(y, 0), BigInteger.One);
        var r = Number(signature, 0);
        var s = Number(signature, NumberBytes);
        if (!IsOnCurve(key) || r.IsZero || s.IsZero || r >= Order || s >= Order)
            return false;
        var inverse = BigInteger.ModPow(s, Order - 2, Order);
        var sum = Combine(Number(hash, 0) * inverse % Order, r * inverse % Order, key);
        if (sum.IsInfinity)
            return false;
        var z = BigInteger.ModPow(sum.Z, Prime - 2, Prime);
        return Mod(sum.X * z * z) % Order == r;
    }

    private static bool IsOnCurve(Point point) =>
        point.X < Prime && point.Y < Prime
        && Mod(point.Y * point.Y) == Mod((point.X * point.X * point.X) - (3 * point.X) + B);

    /// <summary>Returns u × generator + v × key, bit by bit for both at once.</summary>
    private static Point Combine(BigInteger u, BigInteger v, Point key)
    {
        var both = Add(Generator, key);
        var sum = default(Point);
        for (var bit = 8 * NumberBytes - 1; bit >= 0; bit--)
        {
            sum = Double(sum);
            var (first, second) = (!((u >> bit) & 1).IsZero, !((v >> bit) & 1).IsZero);
            if (first || second)
                sum = Add(sum, first && second ? both : first ? Generator : key);
        }

        return sum;
    }

    private static Point Double(Point p)
    {
        if (p.IsInfinity || p.Y.IsZero)
            return default;
        var yy = Mod(p.Y * p.Y);
        var s = Mod(4 * p.X * yy);
        var zz = Mod(p.Z * p.Z);
        // The curve's a is -3.
        var m = Mod(3 * (p.X - zz) * (p.X + zz));
        var x = Mod((m * m) - (2 * s));
        return new(x, Mod((m * (s - x)) - (8 * yy * yy)), Mod(2 * p.Y * p.Z));
    }

    private static Point Add(Point p, Point q)
    {
        if (p.IsInfinity)
            return q;
        if (q.IsInfinity)
            return p;
        var (pzz, qzz) = (Mod(p.Z * p.Z), Mod(q.Z * q.Z));
        var u = Mod(p.X * qzz);
        var h = Mod((q.X * pzz) - u);
        var s = Mod(p.Y * qzz * q.Z);
        var r = Mod((q.Y * pzz * p.Z) - s);
        if (h.IsZero)
            return r.IsZero ? Double(p) : default;
        var hh = Mod(h * h);
        var hhh = Mod(hh * h);
        var v = Mod(u * hh);
        var x = Mod((r * r) - hhh - (2 * v));
        return new(x, Mod((r * (v - x)) - (s * hhh)), Mod(p.Z * q.Z * h));
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private static BigInteger Number(byte[] bytes, int offset)
    {
        // Little-endian, with a zero at the end, because the first bit would be the sign.
        var reversed = new byte[NumberBytes + 1];
        for (var i = 0; i < NumberBytes; i++)
            reversed[i] = bytes[offset + NumberBytes - 1 - i];
        return new(reversed);
    }

    private static BigInteger Hex(string digits) =>
        BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>A point in Jacobian coordinates. The default value is the point at infinity.</summary>
    private readonly struct Point(BigInteger x, BigInteger y, BigInteger z)
    {
        public BigInteger X => x;

        public BigInteger Y => y;

        public BigInteger Z => z;

        public bool IsInfinity => z.IsZero;
    }
}
#endif

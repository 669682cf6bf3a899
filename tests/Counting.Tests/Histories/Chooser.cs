namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>Makes the choices of a history. The same seed always makes the same ones.</summary>
internal sealed class Chooser(int seed)
{
    private ulong _state = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) + 0x632BE59BD9B4E019;

    /// <summary>Returns a number from 0 to <paramref name="end"/> − 1.</summary>
    public int Below(int end) => (int)(Next() % (ulong)end);

    /// <summary>Returns a number between both ends, inclusive.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>Returns true so many times of 100.</summary>
    public bool Percent(int share) => Below(100) < share;

    public T Of<T>(IReadOnlyList<T> values) => values[Below(values.Count)];

    /// <summary>Returns one of the first values much more often than one of the last.</summary>
    public T Skewed<T>(IReadOnlyList<T> values)
    {
        var (first, second, third) = (Below(values.Count), Below(values.Count), Below(values.Count));
        return values[Math.Min(first, Math.Min(second, third))];
    }

    /// <summary>Returns some time up to <paramref name="most"/>, in microseconds.</summary>
    public TimeSpan UpTo(TimeSpan most) => TimeSpan.FromMicroseconds(Next() % (ulong)Math.Max(1, (long)most.TotalMicroseconds));

    public string Id() => new Guid([.. BitConverter.GetBytes(Next()), .. BitConverter.GetBytes(Next() | 1)]).ToString();

    // splitmix64: the sequence of System.Random isn't promised to stay the same.
    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

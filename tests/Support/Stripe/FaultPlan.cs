namespace TelemetryKit.Support.Stripe;

/// <summary>What goes wrong with the next requests. Thread-safe.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<(FakeFault Fault, string Method, string Path, int Times, int After)> _faults = [];

    /// <summary>Adds faults.</summary>
    public void Add(FakeFault fault, int times, string method, string path, int after)
    {
        lock (_lock)
            _faults.Add((fault, method, path, times, after));
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_lock)
            _faults.Clear();
    }

    /// <summary>Returns the fault of a request, or <c>null</c> if it has none.</summary>
    public FakeFault? Take(string method, string path)
    {
        lock (_lock)
        {
            var index = _faults.FindIndex(
                one => (one.Method.Length == 0 || one.Method == method) && path.StartsWith(one.Path, StringComparison.Ordinal));
            if (index < 0)
                return null;
            var found = _faults[index];
            if (found.After > 0)
            {
                _faults[index] = found with { After = found.After - 1 };
                return null;
            }

            if (found.Times <= 1)
                _faults.RemoveAt(index);
            else
                _faults[index] = found with { Times = found.Times - 1 };
            return found.Fault;
        }
    }
}

using System.Buffers;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Ingest;

/// <summary>The bytes of a body in pooled memory, or the problem with it. Disposing gives the memory and its share of the budget back.</summary>
internal abstract class Body(BodyBudget budget) : IDisposable
{
    private long _taken;

    /// <summary>The bytes, until disposed.</summary>
    public ReadOnlySequence<byte> Bytes { get; protected set; }

    /// <summary>Why there are none; <c>null</c> where all is well.</summary>
    public Problem? Problem { get; protected set; }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        Bytes = default;
        budget.Return(_taken);
        _taken = 0;
    }

    /// <summary>Raises this body's share of the budget to so many bytes; where they don't fit, that is the problem.</summary>
    protected bool TakeUpTo(long bytes)
    {
        if (budget.TryTake(bytes - _taken))
        {
            _taken = bytes;
            return true;
        }

        Problem = ProblemKind.Overloaded.With("Too many bodies are arriving at once; send the same batch again.");
        return false;
    }
}

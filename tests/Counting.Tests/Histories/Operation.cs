using System.Globalization;
using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>
/// A step of a history. It has a time of its own, to which the clock is moved first, so that removing other steps doesn't move it.
/// </summary>
/// <param name="At">The server's time.</param>
public abstract record Operation(DateTimeOffset At)
{
    /// <summary>Whether the request is sent to the second replica, if there is one.</summary>
    public bool OnReplica { get; init; }

    /// <summary>The first line of the text.</summary>
    public string Headline => ToString().Split('\n')[0];

    protected abstract string Text { get; }

    public sealed override string ToString() =>
        At.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) + (OnReplica ? " (replica) " : " ") + Text;
}

/// <summary>Sends a batch. A second time the same batch is a duplicate.</summary>
public sealed record Send(DateTimeOffset At, SentBatch Batch) : Operation(At)
{
    protected override string Text => Batch.ToString();
}

/// <summary>Runs rounds of the compactor: folds days and months, compacts event rows, deletes old batch keys.</summary>
public sealed record Compaction(DateTimeOffset At, int Rounds) : Operation(At)
{
    protected override string Text => $"{Rounds} rounds of the compactor";
}

/// <summary>Deletes what is older than the project keeps.</summary>
public sealed record Purge(DateTimeOffset At) : Operation(At)
{
    protected override string Text => "purge";
}

/// <summary>Sets the days that the project keeps.</summary>
public sealed record SetRetention(DateTimeOffset At, int? Days) : Operation(At)
{
    protected override string Text => $"keep {(Days is { } days ? days.ToString(CultureInfo.InvariantCulture) : "all")} days";
}

/// <summary>Sets the aliases of the project.</summary>
public sealed record SetAliases(DateTimeOffset At, IReadOnlyDictionary<string, string> Aliases) : Operation(At)
{
    protected override string Text =>
        "aliases " + string.Join(", ", Aliases.Select(alias => $"{Printed.Text(alias.Key)}→{Printed.Text(alias.Value)}"));
}

/// <summary>Changes the tenant's plan to one with another quota of live events a month.</summary>
public sealed record SetQuota(DateTimeOffset At, long? EventsPerMonth) : Operation(At)
{
    protected override string Text => $"plan with {EventsPerMonth?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"} events a month";
}

/// <summary>Erases an install in both environments.</summary>
public sealed record EraseInstall(DateTimeOffset At, string User) : Operation(At)
{
    protected override string Text => "erase " + Printed.Text(User);
}

/// <summary>Empties the test environment.</summary>
public sealed record ResetTest(DateTimeOffset At) : Operation(At)
{
    protected override string Text => "reset the test environment";
}

/// <summary>Stops the server and starts another one on the same database.</summary>
public sealed record Restart(DateTimeOffset At) : Operation(At)
{
    protected override string Text => "restart";
}

/// <summary>Asks a question and compares the answer with the oracle's.</summary>
public sealed record Ask(DateTimeOffset At, Question Question) : Operation(At)
{
    protected override string Text => "GET " + Question.Path;
}

/// <summary>The operations of a project's life.</summary>
/// <param name="Name">How it is replayed: a seed, or the name of a test.</param>
/// <param name="Operations">The operations, in order of their times.</param>
public sealed record History(string Name, IReadOnlyList<Operation> Operations);

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>An event that was sent.</summary>
public sealed record Sent(DateTimeOffset Time, string User, string Type, string Subject, string Version, Machine Machine)
{
    /// <summary>The outcome; none for what isn't a run.</summary>
    public bool? Success { get; init; }

    /// <summary>The exit code of a failure, if the tool reports one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How long a run took.</summary>
    public double? DurationMs { get; init; }

    /// <summary>The flags of a command.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The UTC day.</summary>
    public DateOnly Day => DateOnly.FromDateTime(Time.UtcDateTime);

    /// <summary>Whether it failed.</summary>
    public bool Failed => Success == false;
}

/// <summary>The machine of an install, and who runs the tool there.</summary>
public sealed record Machine(string Os, string Actor, string? Agent, string? Ci);

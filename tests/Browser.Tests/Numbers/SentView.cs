using System.Globalization;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>A view of a history: the events of the last two weeks that pass a filter, and those of the two weeks before.</summary>
public sealed class SentView
{
    /// <summary>The days of the view.</summary>
    public const int Days = History.Days / 2;

    private readonly History _history;
    private readonly Func<Sent, bool> _passes;

    /// <summary>Creates it.</summary>
    /// <param name="history">All events.</param>
    /// <param name="filter">The filter as it is in the address of a page.</param>
    /// <param name="passes">The filter.</param>
    public SentView(History history, string filter, Func<Sent, bool> passes)
    {
        (_history, _passes) = (history, passes);
        From = To.AddDays(1 - Days);
        Address = string.Create(CultureInfo.InvariantCulture, $"?from={From:O}&to={To:O}{filter}");
        IsFiltered = filter.Length > 0;
        Events = Between(From, To);
        Before = Between(From.AddDays(-Days), From.AddDays(-1));
        Earlier = Between(DateOnly.MinValue, From.AddDays(-1));
    }

    public DateOnly From { get; }

    public DateOnly To => _history.Today;

    /// <summary>The view in the address of a page.</summary>
    public string Address { get; }

    public bool IsFiltered { get; }

    public List<Sent> Events { get; }

    /// <summary>The events of the period that it is compared with.</summary>
    public List<Sent> Before { get; }

    /// <summary>All events before the view.</summary>
    public List<Sent> Earlier { get; }

    /// <summary>The events of the view that are commands.</summary>
    public List<Sent> Commands => Events.FindAll(sent => sent.Type == "command_executed");

    /// <summary>The days of each install with events, whatever the filter.</summary>
    public IEnumerable<HashSet<DateOnly>> DaysOfInstalls =>
        _history.Events.GroupBy(sent => sent.User).Select(own => own.Select(sent => sent.Day).ToHashSet());

    /// <summary>The events of the days that end with the view.</summary>
    public List<Sent> Last(int days) => Between(To.AddDays(1 - days), To);

    /// <summary>A line for each day.</summary>
    public IEnumerable<string> ByDay(Func<DateOnly, string> line) =>
        Enumerable.Range(0, Days).Select(i => From.AddDays(i)).Select(day => $"{day:yyyy-MM-dd}: {line(day)}");

    /// <summary>What is counted of a day.</summary>
    public Count On(DateOnly day) => new(Between(day, day));

    private List<Sent> Between(DateOnly from, DateOnly to) => [.. _history.Between(from, to).Where(_passes)];
}

using System.Globalization;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Http;

/// <summary>Reads parameters of a query string and collects every fault before any is told.</summary>
internal sealed class QueryReader
{
    // No event is outside of these, and what lies around a range (the one before it, its months, the day after) still has a date.
    private static readonly DateOnly FirstDay = new(2000, 1, 1);
    private static readonly DateOnly LastDay = new(2999, 12, 31);

    private readonly IQueryCollection _query;
    private readonly List<ParameterFault> _faults = [];

    public QueryReader(IQueryCollection query, QueryParameters allowed)
    {
        _query = query;
        foreach (var (name, values) in query)
        {
            if (!allowed.All.Any(p => p.Name == name))
                _faults.Add(new(Shortened(name), $"There is no such parameter. There are {string.Join(", ", allowed.All.Select(p => p.Name))}."));
            else if (values.Count != 1)
                _faults.Add(new(name, "It is given more than once."));
        }

        foreach (var parameter in allowed.All.Where(p => p.Required && string.IsNullOrEmpty(query[p.Name])))
            _faults.Add(new(parameter.Name, "It is required."));
    }

    /// <summary>The problem that names every fault; <c>null</c> where there is none.</summary>
    public Problem? Problem => _faults.Count == 0 ? null : ProblemKind.InvalidParameter.AsProblem() with { Errors = _faults };

    /// <summary>Whether the parameter is there, good or bad.</summary>
    public bool Has(QueryParameter parameter) => _query.ContainsKey(parameter.Name);

    /// <summary>Notes a fault that takes more than one parameter to see.</summary>
    public void Fault(QueryParameter parameter, string message) => _faults.Add(new(parameter.Name, message));

    /// <summary>A text; <c>null</c> where it isn't there or not valid.</summary>
    public string? Text(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (text.Length >= 1 && text.Length <= parameter.Maximum)
            return text;
        Fault(parameter, $"It must have 1 to {parameter.Maximum} characters.");
        return null;
    }

    /// <summary>One of the parameter's values; the default where it isn't there or not valid.</summary>
    public string Choice(QueryParameter parameter)
    {
        var text = Value(parameter);
        if (text is not null && !parameter.Values!.Contains(text))
            Fault(parameter, $"It must be {string.Join(" or ", parameter.Values!)}.");
        return text is not null && parameter.Values!.Contains(text) ? text : parameter.Default!;
    }

    /// <summary>A whole number; <c>null</c> where it isn't there or not valid.</summary>
    public int? Number(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= parameter.Minimum && number <= parameter.Maximum)
            return number;
        Fault(parameter, $"It must be a whole number from {parameter.Minimum} to {parameter.Maximum}.");
        return null;
    }

    /// <summary>A day; <c>null</c> where it isn't there or not valid.</summary>
    public DateOnly? Day(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day >= FirstDay && day <= LastDay)
            return day;
        Fault(parameter, "It must be a date such as 2026-11-20.");
        return null;
    }

    private string? Value(QueryParameter parameter) => _query[parameter.Name] is [{ } value] ? value : null;

    private static string Shortened(string name) => name.Length <= 64 ? name : name[..64] + "…";
}

using System.Globalization;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Http;

/// <summary>Reads the parameters of a query string and collects all faults.</summary>
internal sealed class QueryReader
{
    // No event is outside this range, and the dates around a query's range (the previous range, its months, the next day) can still be
    // represented.
    private static readonly DateOnly FirstDay = new(2000, 1, 1);
    private static readonly DateOnly LastDay = new(2999, 12, 31);

    private readonly IQueryCollection _query;
    private readonly List<ParameterFault> _faults = [];

    public QueryReader(IQueryCollection query, QueryParameters allowed)
    {
        _query = query;
        var known = string.Join(", ", allowed.All.Select(p => p.Name));
        foreach (var (name, values) in query)
        {
            if (!allowed.All.Any(p => p.Has(name)))
                _faults.Add(new(Shortened(name), $"It is unknown. The known parameters are {known}."));
            else if (values.Count != 1)
                _faults.Add(new(name, "It is given more than once."));
            else if (!CodePoints.AreStorable(values[0]))
                _faults.Add(new(Shortened(name), "It contains characters that can't be stored, such as U+0000."));
        }

        foreach (var parameter in allowed.All.Where(p => p.Required && string.IsNullOrEmpty(query[p.Name])))
            _faults.Add(new(parameter.Name, "It is required."));
    }

    /// <summary>The problem with all faults, or <c>null</c> if there are none.</summary>
    public Problem? Problem => _faults.Count == 0 ? null : ProblemKind.InvalidParameter.AsProblem() with { Errors = _faults };

    /// <summary>Returns whether the parameter is present, valid or not.</summary>
    public bool Has(QueryParameter parameter) => _query.ContainsKey(parameter.Name);

    /// <summary>Adds a fault, such as one that involves several parameters.</summary>
    public void Fault(QueryParameter parameter, string message) => _faults.Add(new(parameter.Name, message));

    /// <summary>Returns a text, or <c>null</c> if it is absent or invalid.</summary>
    public string? Text(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (CodePoints.IsBetween(text, 1, parameter.Maximum))
            return text;
        Fault(parameter, $"It must have 1 to {parameter.Maximum} characters.");
        return null;
    }

    /// <summary>Returns the names and values of a parameter with a prefix. Invalid ones are left out.</summary>
    public IEnumerable<(string Name, string Value)> Texts(QueryParameter parameter)
    {
        foreach (var (name, values) in _query.Where(pair => parameter.Has(pair.Key)))
        {
            if (values is not [{ } text] || !CodePoints.AreStorable(text))
                continue;
            if (CodePoints.IsBetween(text, 1, parameter.Maximum))
                yield return (name, text);
            else
                _faults.Add(new(Shortened(name), $"It must have 1 to {parameter.Maximum} characters."));
        }
    }

    /// <summary>Returns whether the parameter is true; false if it is absent or invalid.</summary>
    public bool Flag(QueryParameter parameter)
    {
        var text = Value(parameter);
        if (text is not (null or "true" or "false"))
            Fault(parameter, "It must be true or false.");
        return text == "true";
    }

    /// <summary>Adds a fault of a parameter with a prefix.</summary>
    public void FaultOf(string name, string message) => _faults.Add(new(Shortened(name), message));

    /// <summary>Returns one of the parameter's values, or the default if it is absent or invalid.</summary>
    public string Choice(QueryParameter parameter)
    {
        var text = Value(parameter);
        if (text is not null && !parameter.Values!.Contains(text))
            Fault(parameter, $"It must be {string.Join(" or ", parameter.Values!)}.");
        return text is not null && parameter.Values!.Contains(text) ? text : parameter.Default!;
    }

    /// <summary>Returns a whole number, or <c>null</c> if it is absent or invalid.</summary>
    public int? Number(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= parameter.Minimum && number <= parameter.Maximum)
            return number;
        Fault(parameter, $"It must be a whole number from {parameter.Minimum} to {parameter.Maximum}.");
        return null;
    }

    /// <summary>Returns a day, or <c>null</c> if it is absent or invalid.</summary>
    public DateOnly? Day(QueryParameter parameter)
    {
        if (Value(parameter) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day >= FirstDay && day <= LastDay)
            return day;
        Fault(parameter, "It must be a date such as 2026-11-20.");
        return null;
    }

    private string? Value(QueryParameter parameter) =>
        _query[parameter.Name] is [{ } value] && CodePoints.AreStorable(value) ? value : null;

    private static string Shortened(string name) => name.Length <= 64 ? name : name[..64] + "…";
}

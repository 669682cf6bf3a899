namespace TelemetryKit.Privacy;

/// <summary>One rule of <c>spec/scrubbing.json</c>.</summary>
/// <param name="name">Its name there.</param>
/// <param name="replacement">What stands in the place of what it finds.</param>
/// <param name="regex">What it finds.</param>
/// <param name="notBefore">Characters that may not stand before a match, as the inside of a class; null allows all.</param>
/// <param name="notAfter">Characters that may not stand behind a match.</param>
/// <param name="check">The further condition; null when there is none.</param>
internal sealed class Pattern(
    string name, string replacement, string regex, string? notBefore = null, string? notAfter = null,
    Func<string, int, int, bool>? check = null)
{
    private readonly CharacterClass? _notBefore = notBefore is null ? null : CharacterClass.Parse(notBefore);
    private readonly CharacterClass? _notAfter = notAfter is null ? null : CharacterClass.Parse(notAfter);
    private readonly Matcher _matcher = new(regex);

    public string Name => name;

    public string Replacement => replacement;

    public string Regex => regex;

    public string? NotBefore => notBefore;

    public string? NotAfter => notAfter;

    public bool HasCheck => check is not null;

    /// <summary>Tries the rule at one position; tells what to replace and where to go on.</summary>
    public bool TryMatch(string text, int position, out int from, out int to, out int end)
    {
        from = to = end = 0;
        if (!_matcher.CanBegin(text[position]))
            return false;
        if (_notBefore is not null && position > 0 && _notBefore.Contains(text[position - 1]))
            return false;
        if (!_matcher.TryMatch(text, position, out end, out from, out to))
            return false;
        if (_notAfter is not null && end < text.Length && _notAfter.Contains(text[end]))
            return false;
        // What "digit" asks is about the replaced text, what the others ask about the whole match.
        return check is null || (ReferenceEquals(check, Checks.Digit) ? check(text, from, to) : check(text, position, end));
    }
}

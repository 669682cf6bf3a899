namespace TelemetryKit.Pipeline;

/// <summary>The protocol's rule for event types: a letter, followed by at most 63 letters, digits and <c>_ . : -</c>.</summary>
internal static class EventTypeName
{
    public static bool IsValid(string? type)
    {
        if (string.IsNullOrEmpty(type) || type!.Length > Limits.KeyLength || !IsLetter(type[0]))
            return false;
        foreach (var c in type)
        {
            if (!IsLetter(c) && c is not ((>= '0' and <= '9') or '_' or '.' or ':' or '-'))
                return false;
        }

        return true;
    }

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}

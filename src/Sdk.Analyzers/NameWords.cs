using System.Text;

namespace TelemetryKit.Analyzers;

/// <summary>Splits names into lower-case words: <c>userName</c>, <c>user_name</c> and <c>User-Name</c> become <c>user name</c>.</summary>
internal static class NameWords
{
    public static List<string> Split(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (word.Length > 0 && StartsWord(name, i))
                Take(words, word);
            if (char.IsLetter(name[i]))
                word.Append(char.ToLowerInvariant(name[i]));
        }

        Take(words, word);
        return words;
    }

    private static bool StartsWord(string name, int i)
    {
        if (!char.IsLetter(name[i]))
            return true;
        if (!char.IsUpper(name[i]))
            return false;
        // In "userName" a word starts at N; in "IPAddress" at A, because a lower-case letter follows.
        return !char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]));
    }

    private static void Take(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
            words.Add(word.ToString());
        word.Clear();
    }
}

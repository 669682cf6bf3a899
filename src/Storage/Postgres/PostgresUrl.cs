using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Converts the URL form of PostgreSQL's own tools, <c>postgres://user:password@host:port/database?sslmode=require</c>, to the keywords of
/// Npgsql. Most platforms pass databases to programs as such a URL.
/// </summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    // The parameters of libpq that have another name in Npgsql. Others must have a keyword of Npgsql.
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["client_encoding"] = "Client Encoding",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["krbsrvname"] = "Kerberos Service Name",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
    };

    /// <summary>Returns whether the text is a URL. If it isn't, it is a connection string.</summary>
    public static bool Is(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Converts a URL.</summary>
    /// <exception cref="FormatException">The URL is malformed. The message doesn't contain any of its parts.</exception>
    /// <exception cref="ArgumentException">A parameter is unknown or has an invalid value. The message doesn't contain it.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
            Fail("A # in a password must be written as %23.");
        var (address, query) = Split(rest, '?');
        var (authority, database) = Split(address, '/');
        var connection = new NpgsqlConnectionStringBuilder();
        // An @ in a password must be encoded, but often isn't.
        if (authority.LastIndexOf('@') is var at and >= 0)
        {
            var (user, password) = Split(authority[..at], ':');
            connection.Username = Decode(user);
            if (password.Length > 0)
                connection.Password = Decode(password);
            authority = authority[(at + 1)..];
        }

        SetHosts(connection, authority);
        if (database.Length > 0)
            connection.Database = Decode(database);
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(parameter, '=');
            Set(connection, Decode(name), Decode(value));
        }

        return connection;
    }

    private static void SetHosts(NpgsqlConnectionStringBuilder connection, string authority)
    {
        if (authority.Length == 0)
            return;
        // The port of a single host is a keyword of its own. Several hosts have their ports in the list.
        var hosts = authority.Split(',');
        if (hosts.Length == 1 && PortAt(authority) is var colon and >= 0)
        {
            if (!int.TryParse(authority.AsSpan(colon + 1), out var port) || port is < 1 or > 65_535)
                Fail("The port must be a number from 1 to 65535.");
            connection.Port = port;
            hosts = [authority[..colon]];
        }

        // An IPv6 address has brackets in a URL only.
        connection.Host = string.Join(',', hosts.Select(host => Decode(hosts.Length == 1 ? host.Trim('[', ']') : host)));
    }

    private static int PortAt(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? colon : -1;
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        var keyword = Keywords.GetValueOrDefault(name, name);
        try
        {
            // Npgsql writes verify-full without the hyphen.
            connection[keyword] = keyword == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            throw new ArgumentException($"The parameter {name} of the URL is unknown or has an invalid value.");
        }
    }

    private static (string Before, string After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    [DoesNotReturn]
    private static void Fail(string message) => throw new FormatException(message);
}

namespace TelemetryKit.Api.Settings;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Help
{
    private const string Text = """
        TelemetryKit: usage analytics for people who publish CLIs, libraries, SDKs and component libraries.

        Usage: TelemetryKit.Api [--demo] [--urls URLS] [--KEY VALUE]...

          --demo          fill a project "demo" with 30 days of believable events and print its keys
          --urls URLS     where to listen, separated by semicolons (default: http://localhost:5080)
          --help          this text

        TelemetryKit.Api admin --help       commands for whoever operates the server

        Environment (each can also be given as --NAME VALUE):

          TELEMETRYKIT_DATA                 folder of the embedded database and of mail files (default: ./data)
          TELEMETRYKIT_POSTGRES             Npgsql connection string; PostgreSQL is used when it is set
          TELEMETRYKIT_BOOTSTRAP_KEY        live or test key of the project "default", made where it doesn't exist
          TELEMETRYKIT_BOOTSTRAP_READ_KEY   read key of the project "default", made where it doesn't exist
          TELEMETRYKIT_METRICS_TOKEN        bearer token /metrics asks for (default: none)
          TELEMETRYKIT_TRUSTED_PROXIES      addresses and networks of reverse proxies whose X-Forwarded-For counts (default: none)
          TELEMETRYKIT_HOSTED               true: anybody may sign up, each with a tenant on the Free plan (default: false)
          TELEMETRYKIT_PUBLIC_URL           what links in mails begin with (default: the address it listens on)
          TELEMETRYKIT_SMTP                 smtp://user:password@host:port (default: mails are files in DATA/mail)
          TELEMETRYKIT_MAIL_FROM            the sender of mails
          TELEMETRYKIT_OPERATOR_TOKEN       bearer token of /v1/operator (default: none, and nothing there)
          TELEMETRYKIT_GITHUB_CLIENT_ID     and TELEMETRYKIT_GITHUB_CLIENT_SECRET: sign-in through GitHub
          TELEMETRYKIT_GITHUB_URL           a GitHub Enterprise server instead of github.com
          ASPNETCORE_URLS                   as --urls
          Logging__Console__FormatterName   json writes logs as JSON lines
          Logging__LogLevel__Default        Debug, Information, Warning … (default: Information)
          OTEL_EXPORTER_OTLP_ENDPOINT       and the other usual OTEL_ variables: export traces and metrics over OTLP

        A key is tk_live_, tk_test_ or tk_read_ and 32 characters of 0-9A-Za-z.
        Without bootstrap keys, the first start makes keys and prints them once.

        """;

    /// <summary>Prints the text. Answers the exit code.</summary>
    public static int Print(TextWriter to)
    {
        to.Write(Text);
        return 0;
    }
}

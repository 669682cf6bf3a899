using System.Text;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The part of a query that the server evaluates for whole rows: rows without a match aren't sent. <see cref="EventRowReader"/> then
/// selects the events. The condition contains only the restrictions that are set, so each combination is a statement with its own plan.
/// </summary>
internal static class EventFilter
{
    /// <summary>Adds the parameters and returns the condition, which begins with the columns of the primary key.</summary>
    public static string Where(EventQuery query, NpgsqlParameterCollection parameters)
    {
        parameters.With(query.ProjectId).With(query.Environment).WithTime(query.From).WithTime(query.Before);
        var where = new StringBuilder("project_id = $1 and env = $2 and max_ts >= $3 and min_ts < $4");
        Contains("type", query.Type);
        if (query.Subjects is { } subjects)
        {
            parameters.WithArray(subjects.ToArray(), NpgsqlDbType.Text);
            where.Append(" and (subject && $").Append(parameters.Count);
            OrNone("subject", subjects.Contains(NoValue.Name));
        }

        Contains("version", query.Version);
        Contains("actor", query.Actor);
        if (query.Install is { } install)
        {
            parameters.With(install);
            where.Append(" and install @> array[$").Append(parameters.Count).Append(']');
        }

        return where.ToString();

        void Contains(string column, string? value)
        {
            if (value is null)
                return;
            parameters.With(value, NpgsqlDbType.Text);
            where.Append(" and (").Append(column).Append(" @> array[$").Append(parameters.Count).Append(']');
            OrNone(column, value == NoValue.Name);
        }

        void OrNone(string column, bool isNone)
        {
            // No operator finds a null in an array, and the column is null if no event of the row has a value.
            if (isNone)
                where.Append(" or ").Append(column).Append(" is null or array_position(").Append(column).Append(", null) is not null");
            where.Append(')');
        }
    }
}

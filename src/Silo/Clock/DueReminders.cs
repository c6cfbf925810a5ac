using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Connect.Silo.Hosting;
using Connect.Silo.Storage;

namespace Connect.Silo.Clock;

/// <summary>A reminder as it is stored.</summary>
internal readonly record struct StoredReminder(GrainId GrainId, string Name, DateTime StartTime, TimeSpan Period)
{
    /// <summary>What one call is for.</summary>
    public (GrainId, string, DateTime) Identity => (GrainId, Name, StartTime);
}

/// <summary>Reads reminders by their start time, which Orleans' own table interface does not offer.</summary>
internal static class DueReminders
{
    /// <summary>The earliest reminders that start in the span, both ends included, at most <paramref name="limit"/>, in order. UTC.</summary>
    public static async Task<ImmutableArray<StoredReminder>> Read(CreditsDatabase database, DateTime from, DateTime to, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand(
            """
            SELECT grain_id, reminder_name, start_time, period
            FROM orleans_reminders
            WHERE service_id = @service_id AND start_time >= @from_time AND start_time <= @to_time
            ORDER BY start_time, grain_id, reminder_name
            LIMIT @limit
            """);
        Add(command, "service_id", CreditsSettings.ServiceId);
        Add(command, "from_time", from);
        Add(command, "to_time", to);
        Add(command, "limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var reminders = ImmutableArray.CreateBuilder<StoredReminder>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            reminders.Add(new StoredReminder(
                GrainId.Parse(reader.GetString(0), CultureInfo.InvariantCulture),
                reader.GetString(1),
                DateTime.SpecifyKind(reader.GetDateTime(2), DateTimeKind.Utc),
                TimeSpan.FromMilliseconds(reader.GetInt64(3))));
        }

        return reminders.ToImmutable();
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}

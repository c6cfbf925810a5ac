using Connect.Sandbox.Clock;
using Connect.Silo.Storage;
using Orleans.Providers;

namespace Connect.Silo.Clock;

/// <summary>
/// Keeps the sandbox's clock the same in every process of the program and across restarts: the offset is a row of the database, which the reminders' queries also
/// read. It can be set on all silos at once (Orleans' control command), and clients follow within a second.
/// </summary>
internal sealed class ProgramClock(MovableClock clock, CreditsDatabase database) : IControllable
{
    /// <summary>The name under which all silos are reached.</summary>
    public const string Name = "program-clock";

    /// <summary>Sets the clock to what is stored.</summary>
    public async Task Load(CancellationToken cancellationToken) => clock.MoveTo(await ReadOffset(database, cancellationToken).ConfigureAwait(false));

    /// <summary>Moves every silo's clock, durably first.</summary>
    public async Task Move(TimeSpan offset, IGrainFactory grains, CancellationToken cancellationToken)
    {
        await using (var command = database.DataSource.CreateCommand("UPDATE program_clock SET offset_seconds = @offset WHERE offset_seconds < @offset"))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "offset";
            parameter.Value = offset.TotalSeconds;
            command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        clock.MoveTo(offset);
        await grains.GetGrain<IManagementGrain>(0).SendControlCommandToProvider<ProgramClock>(Name, 0, offset, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<object?> ExecuteCommand(int command, object? arg)
    {
        clock.MoveTo((TimeSpan)arg!);
        return Task.FromResult<object?>(null);
    }

    /// <summary>How far the program's clock is ahead, as stored.</summary>
    public static async Task<TimeSpan> ReadOffset(CreditsDatabase database, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand("SELECT offset_seconds FROM program_clock");
        return TimeSpan.FromSeconds((double)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!);
    }
}

namespace Connect.Silo.Clock;

/// <summary>Follows the stored offset, for processes that are not silos and for a silo that joined while the clock was moved.</summary>
internal sealed partial class ProgramClockFollower(ProgramClock clock, ILogger<ProgramClockFollower> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await clock.Load(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogNotRead(error);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The program's clock could not be read; it keeps its offset until it can.")]
    private partial void LogNotRead(Exception error);
}

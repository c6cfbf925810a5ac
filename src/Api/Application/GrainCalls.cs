using Connect.Accounts;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Connect.Api.Application;

/// <summary>The grains of an account, and the one way to repeat a call that may be repeated.</summary>
public sealed class GrainCalls(IGrainFactory grains)
{
    private static readonly TimeSpan[] Pauses = [.. new[] { 20, 60, 150, 400, 900 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Any grain.</summary>
    public IGrainFactory Grains => grains;

    /// <summary>The account's grain.</summary>
    public IAccountGrain Account(string accountId) => grains.GetGrain<IAccountGrain>(accountId);

    /// <summary>
    /// Calls, and repeats for about a second and a half while the account reloads or its silo is gone, but not after a call that itself took long: then the
    /// storage is stuck, and the caller is better told. Only for reads and for commands with an operation id. Time here is real, whatever the program's clock says.
    /// </summary>
    public static async Task<T> Repeat<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (attempt < Pauses.Length && MayRepeat(error) && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pauses[attempt], TimeProvider.System);
            }
        }
    }

    private static bool MayRepeat(Exception error) =>
        error is AccountUnavailableException or SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException;
}

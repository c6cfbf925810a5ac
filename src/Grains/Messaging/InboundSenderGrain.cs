using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connect.Grains.Messaging.Engine;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Messaging;

/// <summary>Does what one person's messages to one list of opt-outs ask for, one after the other and each once. Key: <see cref="Key"/>. Calls may be repeated.</summary>
[Alias("connect.messaging.IInboundSenderGrain")]
public interface IInboundSenderGrain : IGrainWithStringKey
{
    /// <summary>Does it, unless it was done before; returns when it is durable.</summary>
    [Alias("receive")] Task Receive(string list, ulong number, InboundSms message);

    /// <summary>The key of a person and a list: the number is not to be read in it, since keys stand in logs.</summary>
    static string Key(string list, ulong number) =>
        $"{list}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}/{number}"))).AsSpan(0, 16))}";
}

/// <summary>See the interface. One small write for each message that asks for something.</summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class InboundSenderGrain(
    [PersistentState("inbound-sender", "grains")] IPersistentState<InboundLog> state, TimeProvider time, ILogger<InboundSenderGrain> logger) : Grain, IInboundSenderGrain
{
    private SavedState<InboundLog>? _log;

    private SavedState<InboundLog> Log => _log ??= new(state, GrainContext.ActivationId.ToString(), time, logger);

    /// <inheritdoc/>
    public async Task Receive(string list, ulong number, InboundSms message)
    {
        var keyword = InboundKeywords.Read(message.Text);
        if (!Log.Value.IsNew(message, keyword.Wish))
        {
            logger.LogInformation("{Word} from {Number} was done before, or overtaken, and is passed over", keyword.Word, MaskedNumber.Of(message.From));
            return;
        }

        var optOuts = GrainFactory.GetGrain<IOptOutsGrain>(list);
        if (keyword.Wish == InboundWish.OptOut)
            await optOuts.Add([number], OptOutSource.Reply, keyword.Word);
        else
            await optOuts.Remove([number], keyword.Word);
        try
        {
            // Behind what it notes: a wish that was noted and not done would never be done.
            await Log.Save(Log.Value.With(message, keyword.Wish, time.GetUtcNow()));
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}

using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Counts and prices texts as a send would. Keeps nothing.</summary>
[StatelessWorker]
public sealed class MessagingGrain(MobileNumbers numbers, IOptions<MessagingOptions> options) : Grain, IMessagingGrain
{
    private PartRule Rule => options.Value.PartRule;

    /// <inheritdoc/>
    public Task<PartCount> Count(string text) => Task.FromResult(PartCounter.Count(text, Rule));

    /// <inheritdoc/>
    public Task<string> Plain(string text) => Task.FromResult(PlainText.Of(text));

    /// <inheritdoc/>
    public Task<ImmutableArray<RenderedText>> Preview(string text, ImmutableArray<RecipientInput> recipients)
    {
        var template = new TextTemplate(text);
        return Task.FromResult(recipients.Take(IMessagingGrain.MaxPreviews).Select(Render).ToImmutableArray());

        RenderedText Render(RecipientInput recipient)
        {
            var rendered = template.Render(template.Values(recipient.Fields));
            return new() { Text = rendered, Parts = PartCounter.Parts(rendered, Rule) };
        }
    }

    /// <inheritdoc/>
    public Task<EstimateView> Estimate(string text, ImmutableArray<RecipientInput> recipients)
    {
        var template = new TextTemplate(text);
        var import = new RecipientImport(numbers, template, Rule, []);
        var rows = recipients.IsDefault ? [] : recipients.Select(import.Add).ToImmutableArray();
        var payable = PageRules.Payable(PageRules.Prepare(new(), rows, template, Rule, []));
        return Task.FromResult(new EstimateView
        {
            Recipients = payable.Length,
            Skipped = rows.Length - payable.Length,
            Credits = payable.Sum(credits => (long)credits),
            Text = PartCounter.Count(text, Rule),
        });
    }
}

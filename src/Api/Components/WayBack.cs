using Connect.Api.Endpoints;
using Microsoft.JSInterop;

namespace Connect.Api.Components;

/// <summary>
/// Where a purchase was begun, kept in the browser's tab while its owner is at the bank: the bank sends back to the purchase alone. A browser that keeps nothing only costs the link.
/// </summary>
internal static class WayBack
{
    /// <summary>Keeps the path for a purchase.</summary>
    public static async Task Keep(IJSRuntime browser, string purchaseId, string path)
    {
        try
        {
            await browser.InvokeVoidAsync("sessionStorage.setItem", Key(purchaseId), path);
        }
        catch (Exception error) when (IsOfTheBrowser(error))
        {
        }
    }

    /// <summary>The path that was kept, if it is one of this host; else null.</summary>
    public static async Task<string?> Of(IJSRuntime browser, string purchaseId)
    {
        try
        {
            var path = await browser.InvokeAsync<string?>("sessionStorage.getItem", Key(purchaseId));
            return LocalPath.IsLocal(path) ? path : null;
        }
        catch (Exception error) when (IsOfTheBrowser(error))
        {
            return null;
        }
    }

    private static string Key(string purchaseId) => $"way-back:{purchaseId}";

    private static bool IsOfTheBrowser(Exception error) => error is JSException or JSDisconnectedException or OperationCanceledException;
}

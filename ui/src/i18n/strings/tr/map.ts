import type { PageMessages } from "../../translation.ts"

export const map: PageMessages["map"] = {
  outlinesFailed: "Altlık harita yüklenemedi; saha ve bağlantılar onsuz çiziliyor.",
  emptyMapText:
    "Harita sahaları koordinatlarında, aralarındaki bağlantıları yük ve durumlarıyla gösterir. Saha eklemek için haritaya tıklayın.",
  emptyMapViewer:
    "Harita sahaları koordinatlarında, aralarındaki bağlantıları yük ve durumlarıyla gösterir. İlk sahayı bir operatör ekleyebilir.",
  emptyMapTitle: "Henüz hiçbir sahanın koordinatı yok",
  emptyGraphTitle: "Henüz cihaz yok",
  emptyGraphText:
    "Çizge cihazları rollerine göre ve aralarındaki bağlantıları gösterir. Başlamak için ilk yönlendiriciyi ekleyin.",
  more: (n) => `Görünümde ${n} nesne daha var. Yakınlaştırın veya cihaz listesini kullanın.`,
}

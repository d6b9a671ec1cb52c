"""Files of HDF5 as h5py 3 writes them, kept packed since h5py is no tool of the tests: weights, a model, and three that must not pass."""

from __future__ import annotations

import base64
import gzip

PACKED = {
    "weights.h5": (
        "ABzY8000000t4-rF;Buk6vywbR9c!w>VoNFM@HP()C5c?CF;OrAX36Wj1e_B$%q@HAHmU&;ONJ2bYyoxuJ;bOLkL8SiM)T(yu5cW*XHim|Fw@{;m}R_DZ*u0Btg<-QUlPZ"
        "ujX>R0+B-OLVRYjPUEp{sCzKK-gkCVEb{JwCV8KCQ$&lP)=^>cpu}Sta!KhMQ~R3L`{=qg<}v)?eP{6-8X|9)i}CwmBfrS+G{0R_?W;wXt%$6S-_xVx0w-8<7Z|Ev>l~w&"
        "^MO)Q<X84$KG1j32hazmeV}KneRoxUiv6AsWRt27=p3V#^MSG>^0vE}4}@uT|55Ah1CpmFSMAF|+|~ZG_E+QsIY*sW=NL812TZYMROVR`nJ6TnPyU|hxiQ>v-suH9Fcy%E"
        "MKTXCZVq>dk25AFw15zU_B{BK)1IjPr|TiOVk55doAdjn@4a})lB&+$yo-_zjXS{wrBvZ-Y0eD6nM3k%PMMs?ich>&<F;OJMk9_X)N4__S-lz8N1QVDx;1{3#Dw#$bhY?7"
        "OTRg1of-XoU(NOR6NN&dP$<;@Q~Ug)(uu!Q=og}*&9M6#000"
    ),
    "model.h5": (
        "ABzY8000000t4-uL2nX46vt;4unQCmYEs36WKT_Onzo5a<3)|29E@$OhbBhpx(t?dyXY=dOhfFk-g@*Sc=RK9^kaDR*t>_iv-5`Cnc4~wV`ATrkeB!7F-vy;ynQpvhkErv"
        "Ay>{3j%kuKDUu||z~y<>m*bmYDcA$Bp9~ql5RF}hcoF9RQ5OCd#GgK?)p+)?hCI%<jIbs_&Lj2Oy)|w(hB^{_HPk%Ue#iVE)?@t-k4vLhtlttGxt;?3W=7NR_bloc^?Opk"
        "2N^Z5$-ID($?13f@oJSTSn95lQtP#@V`RKKur?+9*V)nPz)=C~0M>z%b>J|o=Iz@2F8258z}%Et2Xq}H<JEzUyzu*l(dt0Gs9t~MeAfY~r;i0SZxQU0w$8dcp*pabSLfAr"
        "jGR^nGUA+3>CXvkh(H?h<nl!KQ{ffonWf4N7^{$3lgz${@l1Gy__$$+2~AK)iXN7rlheLY|DT=@p(|sktCg9v^JU%pTtY3W?B6--E%#Gm-3eV#N)>&Lt+SNSS)Qy!J~iY#"
        "W^~63wtB6W%Z56p5O1=UYj@-LP^X6R<x>1r(uvA9(X++xv-B7D+59Q_M`hL5f1e0~AP9o|fAn8CoBL6pLgk|<=O(nGkTMM|3MCiGl`wIe`F7CQWq#1^cwzin*lHD_g{9E+"
        "B$rUUm2j@d%c_U>S0B+t&r7wIV|iieR<aezf$cIc==d$S^H#QU0w3(2<+yebG(3BUS+^_JI(yS&Ubk(#)_lcsI$o>&Dva-0G9ln`@qi?BpXr~k@~vm>qdl+P<;lx~!SlgD"
        "Tbj<GoDc*-5ClOG1VIo)BL5<w|21|R9^&#xDSV&drR{7puld{kg<N8P!BF-q3eh|}ohEY|Vi8Y9*st&t^YJ}~pTx!UpA#$q00"
    ),
    "lambda.h5": (
        "ABzY8000000t4-u&2G~`5XZevLY<_c2_UtE1CdXas8EYQs*n&M8pxrd73EL~LFzhd8r5+iPTHWVqQ~aeBagt5N8rd~aOBuKhvN0l#@;P0i3mb!=9iDv%#PQI{m*!IonB?>"
        "X)aUDXbi*9l3HGia{^qQlWozz0WE>{5ZceW@Lvl1X273^@qZS%y#@Z4FUn;WeWD=t^F75|Lqo=qO8N0BYuEca;(XKPIM@0>TYjX+%3to6gpWwS1=w>X0s2i1rr#fF)GzAy"
        "w0;j$a$JpiKGjC2-?ir}OH9E+ccp}!uT>o*!{ve132whj50(dxbC?G(51h^eM`<~3$6{Bpf0qYlC*(Y!>KGX=53Fao-OUY_2P%2_{3GL?2ZWwJ<>a_|Xcv@u)}s;Sf%&XF"
        "uBv0?tUQq7$BYPjmbW^0Bq2^rPgFY*oN*ReDBXm<k~VE<(;uNf6`Uc~uj_n30~C@VM+K<lluy+Cug8PyO7H7xaq9edk@vn7P)jlg56^pv^^{0=To;58Nnb<jEWve_)fPjW"
        "=wciryyE#=9mjELU&jReHR`xlJM#B+s_S2`L?0y?%X}j}TI@PYesi78o)Ldslx_9*i697qAjrj|`^Mfl2<sFgZbjL*pcI9WNhnc>c3Ha?1a8xo<yUuT%da=Rz<)g`wenEH"
        "5-57&Qz%wS*f*kS)w3rn%OqCw5~bw0b9>=lycEem+oqo1Y&mXoSCn#`9<+O=?OMKH^{fUp@0ZLq`o2TGcHMH#xsqu&J*WOQ@b8%-z-NAbgCsCtsoO7Gjm?^+Z0mG9yB&OQ"
        "wt;zfxBMXJ_d2f2-(T<V2T$b?&rG4r5ClOG1VIo4L6Gr7{6#?hYwRT4#AUZq*gC_eWp7ij_Q&;wOl*BYm)0wC;W&+Ejk;Anht~#Jujs|bV`~h*0H1o@PZKNv00"
    ),
    "link.h5": (
        "ABzY8000000t4-tzfS@&6vtnC93BvqbHU&sBa`T0!X_qSZc?KTPDUa}NF-_m%sI)Zo1=e%qkn><e}<zYyMxl}>tXAUK*X5n`x5f<+Lzv?_u<?2xbjxl(#c#Bgd7KAkb$>)"
        "K^@NOx$57?$S_`FyydFh4*O=XJ%i&v=VX3@?K@kQil}}uq^|R5%jf{<Kgz4DY>K!WaU}J?^}1&D+&^s%c=Wz`T^4=@{JMB$&ysn=9**Cq1o2D!zUTMS*6V8iQOk$%@w>gg"
        "u__2w+~qCZuT73gqxrz*1g>L=;e4Q%CLbUlc<%$(3BB&DDps+d^MS&I?gJ*rq|tm}Hzo5RJ)94C8U6W_{<jY(o^H~5-2%o%<D69<lMgJU^l?p&NuT+EJlCp;V^ENh%Z3=%"
        "spE;6Tm2_4D&71X_T?e#K=uOr?fw%I{hZ4I9VEnJ*Dmhlj5`W`bv`6lJmRV}^>w}Sy*rm!($!u5>dPQ*a3{H7jA?w0%$X%QOF=2j8CT;t;fmL4bn5k{A92jEz2?`O)%Ku0"
        ";*|6I>A|hU-Z<Y_XG^TJ?1ObS^+|m%r|0JHlSCqsNF>tVQ?Pfi-wpRE{T+@vbbWkCPvX`{DXz9!5SRZlsCTJmzf-o3JMBq;qTfC!2J?+2C{_Vp0TfcO^=lgd00"
    ),
    "elsewhere.h5": (
        "ABzY8000000t4&xaB<`1lHy_j0S*oZ76t(ZWbhvfHn5`dVe$!3nh{EOK<O1sFmXn(oCH){5NbZUx{x4OSCH!eXaHtU1`CAdU>F4>5qP*d27u@YC?A$ePcWgXOF>JI9u(Tk"
        "$iN0MixI|$q+~`$hyXNM!f9rpJV-`RK^`imz#z`SAYKoZX9cEUkUSF;6W9QD1`RNu5t>&FaHMmXe>tG`Gc&?+hya?(2)e|B1X?%;u%N2bPc2E-FGwsdE{DWOu%EvR$bT?@"
        "DKL+wX>tGn4TnXJumu1B"
    ),
}


def files() -> dict[str, bytes]:
    """Every file, by its name."""
    return {name: gzip.decompress(base64.b85decode(packed)) for name, packed in PACKED.items()}
